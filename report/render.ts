// A run folder as people read it: report.html beside the journal, and the first table as text. Made from nothing but what stands in
// the folder and the page's own scripts.
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ResultsError } from '../results/errors.ts';
import type { PageScripts } from './html/document.ts';
import { renderPage } from './html/page.ts';
import { loadView } from './load.ts';
import { type TerminalOptions, terminalOf } from './terminal.ts';
import type { ReportView } from './view.ts';

export const REPORT_FILE = 'report.html';

const PAGE_SCRIPTS = ['common', 'dots', 'bars', 'lines', 'stacks', 'filters', 'tools', 'page'];

const read = (path: string, hint: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ResultsError('a script of the report page is missing', {
      facts: [(error as Error).message],
      hint,
    });
  }
};

/** By name, one after another: each uses what those before it declare. */
export const scriptsOf = (names: readonly string[]): PageScripts => ({
  chartLibrary: read(
    join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js'),
    'npm ci',
  ),
  page: names
    .map((name) => read(fileURLToPath(new URL(`./browser/${name}.js`, import.meta.url)), 'npm run build'))
    .join('\n'),
});

export const htmlOf = (view: ReportView): string => renderPage(view, scriptsOf(PAGE_SCRIPTS));

/** Writes the report beside the journal; replaces an older one as a whole. */
export const renderReport = async (
  folder: string,
  options: { readonly delta?: number } = {},
): Promise<ReportView> => {
  const path = join(folder, REPORT_FILE);
  const view = await loadView(folder, options);
  await writeFile(`${path}.new`, htmlOf(view));
  await rename(`${path}.new`, path);
  return view;
};

/** Ids of claims whose rule broke: such a report is not whole, whatever else stands in it. */
export const brokenRules = ({ claims }: ReportView): readonly string[] =>
  claims.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);

export interface TableOptions extends TerminalOptions {
  readonly delta?: number;
}

/** The first table for a terminal or a mail; ends in a newline. */
export const renderTerminal = async (folder: string, options: TableOptions = {}): Promise<string> =>
  terminalOf(await loadView(folder, options), options);
