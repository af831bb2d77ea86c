// samples.csv beside the journal that it is made from.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { format } from './exports/csv.ts';
import { openSource } from './exports/export.ts';

export const CSV_FILE = 'samples.csv';

export const writeCsv = async (folder: string): Promise<void> => {
  const path = join(folder, CSV_FILE);
  await pipeline(format.write(openSource(folder)), createWriteStream(`${path}.new`));
  await rename(`${path}.new`, path);
};
