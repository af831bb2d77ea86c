// The end of a run as printed: the first table, and where the results and the page are.

import { join } from 'node:path';
import { REPORT_FILE } from '../../report/formats/format.ts';
import { viewOf } from '../../report/load.ts';
import { brokenRules, writePage } from '../../report/render.ts';
import { terminalOf } from '../../report/terminal.ts';
import type { ReportView } from '../../report/view.ts';
import { writeCsv } from '../../results/csv.ts';
import { loadRun } from '../../results/gate/load.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { visible } from '../../results/visible.ts';
import { removeTemporaries } from '../../results/write-file.ts';
import { endingError } from '../runner/failure.ts';
import { linkLatest } from './find-run.ts';
import { terminalColumns, usesColor } from './terminal-width.ts';

export const printTable = (view: ReportView): void => {
  process.stdout.write(terminalOf(view, { columns: terminalColumns(), color: usesColor() }));
};

export const printPlaces = (folder: string, page: string | null = join(folder, REPORT_FILE)): void => {
  process.stdout.write(
    `\nResults: ${visible(folder)}\nPage:    ${visible(page ?? 'could not be written')}\n`,
  );
};

/** The error with which a write failed, such as on a full disk; null if it did not. */
const tried = async (write: () => Promise<void> | void): Promise<unknown> => {
  try {
    await write();
    return null;
  } catch (error) {
    const ending = endingError(error);
    if (ending === null) throw error;
    return ending;
  }
};

interface ShownRun {
  /** Ids of claims whose rule threw. */
  readonly broken: readonly string[];
  /** One for each file that could not be written. */
  readonly errors: readonly unknown[];
}

/** Writes samples.csv and report.html, as far as possible, and prints the table. `known`: the run, where run.json could not be written. */
export const showRun = async (runDir: string, known?: RunFile): Promise<ShownRun> => {
  removeTemporaries(runDir);
  const loaded = await loadRun(runDir, known);
  const view = viewOf(loaded);
  const csv = await tried(() => writeCsv(runDir, loaded.run));
  const page = await tried(() => writePage(runDir, view));
  linkLatest(runDir);
  printTable(view);
  printPlaces(runDir, page === null ? undefined : null);
  return { broken: brokenRules(view), errors: [csv, page].filter((error) => error !== null) };
};
