// samples.csv beside the journal that it is made from.
import { join } from 'node:path';
import { longCsv } from './csv/long.ts';
import { CSV_FILE } from './journal.ts';
import { readRun, readSamples } from './read.ts';
import { replaceWith } from './write-file.ts';

/** `run`: by default that of run.json. */
export const writeCsv = (folder: string, run = readRun(folder)): Promise<void> =>
  replaceWith(join(folder, CSV_FILE), longCsv(run, readSamples(folder)));
