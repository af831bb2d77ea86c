// The end of a run as printed: the first table, and where the results and the page are.
import { join } from 'node:path';
import { REPORT_FILE } from '../../report/formats/format.ts';
import { brokenRules, renderReport } from '../../report/render.ts';
import { terminalOf } from '../../report/terminal.ts';
import type { ReportView } from '../../report/view.ts';
import { writeCsv } from '../../results/csv.ts';
import { removeTemporaries } from '../../results/write-file.ts';
import { linkLatest } from './find-run.ts';
import { terminalColumns, usesColor } from './terminal-width.ts';

export const printTable = (view: ReportView, folder: string): void => {
  process.stdout.write(terminalOf(view, { columns: terminalColumns(), color: usesColor() }));
  process.stdout.write(`\nResults: ${folder}\nPage:    ${join(folder, REPORT_FILE)}\n`);
};

/** Writes samples.csv and report.html; returns the ids of claims whose rule threw. */
export const showRun = async (runDir: string): Promise<readonly string[]> => {
  removeTemporaries(runDir);
  await writeCsv(runDir);
  const view = await renderReport(runDir);
  linkLatest(runDir);
  printTable(view, runDir);
  return brokenRules(view);
};
