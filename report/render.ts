// The page of a run, with its scripts, and the file report.html.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ResultsError } from '../results/errors.ts';
import { replaceFile } from '../results/write-file.ts';
import { REPORT_FILE } from './formats/format.ts';
import type { PageScripts } from './html/document.ts';
import { renderPage } from './html/page.ts';
import type { ReportView } from './view.ts';

const PAGE_SCRIPTS = [
  ...['common', 'marks', 'ticks', 'paper', 'narrow', 'svg', 'slides'],
  ...['forest', 'lifecycle', 'dots', 'bars', 'lines', 'stacks', 'drawings'],
  ...['permalinks', 'sticky', 'filters', 'tools', 'page'],
];

const readScript = (path: string, hint: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ResultsError(`cannot read a script of the page: ${path}`, {
      facts: [(error as Error).message],
      hint,
    });
  }
};

/** Of every page: each script uses what those before it declare. */
export const pageScripts = (): PageScripts => ({
  chartLibrary: readScript(
    join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js'),
    'npm ci',
  ),
  page: PAGE_SCRIPTS.map((name) =>
    readScript(fileURLToPath(new URL(`./browser/${name}.js`, import.meta.url)), 'npm run build'),
  ).join('\n'),
});

export const htmlOf = (view: ReportView): string => renderPage(view, pageScripts());

/** Writes report.html into the run folder; an older one is replaced as a whole. */
export const writePage = (folder: string, view: ReportView): void => {
  replaceFile(join(folder, REPORT_FILE), htmlOf(view));
};

/** Ids of claims whose rule threw: a report with one of them is incomplete. */
export const brokenRules = ({ claims }: ReportView): readonly string[] =>
  claims.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
