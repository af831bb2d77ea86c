// samples.csv, for spreadsheets and data frames: one row per sample and metric, failures and skips included.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { unreachable } from './errors.ts';
import { readSamples } from './read.ts';
import type { Sample } from './schema/run.ts';

export const CSV_FILE = 'samples.csv';

const COLUMNS = [
  'seq',
  'block',
  'order',
  'pass',
  'scenario',
  'params',
  'cache',
  'image',
  'arm',
  'backend',
  'startedAt',
  'outcome',
  'metric',
  'value',
  'detail',
] as const;

type Row = readonly (string | number)[];

const paramsText = (sample: Sample): string =>
  Object.keys(sample.params)
    .sort()
    .map((key) => `${key}=${sample.params[key]}`)
    .join(' ');

const slotCells = (sample: Sample): Row => [
  sample.seq,
  sample.block,
  sample.order,
  sample.pass,
  sample.scenario,
  paramsText(sample),
  sample.cache,
  sample.image,
  sample.arm,
  sample.backend,
  sample.startedAt,
  sample.outcome,
];

const outcomeCells = (sample: Sample): readonly Row[] => {
  switch (sample.outcome) {
    case 'ok':
      return Object.entries(sample.values).map(([metric, value]) => [metric, value, '']);
    case 'failed':
      return [['', '', `${sample.phase}: ${sample.code}: ${sample.message}`]];
    case 'skipped':
      return [['', '', `${sample.need}: ${sample.reason}`]];
    default:
      return unreachable(sample);
  }
};

async function* rows(samples: AsyncIterable<Sample>): AsyncGenerator<Row> {
  for await (const sample of samples) {
    const slot = slotCells(sample);
    for (const cells of outcomeCells(sample)) yield [...slot, ...cells];
  }
}

/** Writes the table beside the journal that it is made from. A cell that a spreadsheet would run as a formula is quoted as text. */
export const writeCsv = async (folder: string): Promise<void> => {
  const path = join(folder, CSV_FILE);
  const table = stringify({ header: true, columns: [...COLUMNS], escape_formulas: true });
  await pipeline(rows(readSamples(folder)), table, createWriteStream(`${path}.new`));
  await rename(`${path}.new`, path);
};
