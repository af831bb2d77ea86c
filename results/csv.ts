// samples.csv beside the journal that it is made from.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { longCsv } from './csv/long.ts';
import { readRun, readSamples } from './read.ts';

export const CSV_FILE = 'samples.csv';

export const writeCsv = async (folder: string): Promise<void> => {
  const path = join(folder, CSV_FILE);
  await pipeline(longCsv(readRun(folder), readSamples(folder)), createWriteStream(`${path}.new`));
  await rename(`${path}.new`, path);
};
