// One row for each sample, one column for each metric: an empty cell was not measured.
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { paramsKey } from '../compare/tally.ts';
import { readSamples } from '../read.ts';
import type { Export } from './export.ts';

const SLOT = [
  'seq',
  'block',
  'order',
  'pass',
  'scenario',
  'params',
  'cache',
  'image',
  'arm',
  'startedAt',
  'outcome',
];

async function* rows(
  folder: string,
  metrics: readonly string[],
): AsyncGenerator<readonly (string | number)[]> {
  for await (const sample of readSamples(folder)) {
    const { seq, block, order, pass, scenario, params, cache, image, arm, startedAt, outcome } = sample;
    const values = sample.outcome === 'ok' ? sample.values : {};
    yield [
      ...[seq, block, order, pass, scenario, paramsKey(params), cache, image, arm, startedAt, outcome],
      ...metrics.map((metric) => (Object.hasOwn(values, metric) ? values[metric]! : '')),
    ];
  }
}

export const format: Export = {
  id: 'wide-csv',
  title: 'a row for each sample, a column for each metric',
  async *pieces({ folder, tallied }) {
    const metrics = new Set(tallied.groups.flatMap(({ time, count }) => [...time.keys(), ...count.keys()]));
    const names = [...metrics].sort();
    const table = stringify({ header: true, columns: [...SLOT, ...names], escape_formulas: true });
    for await (const piece of Readable.from(rows(folder, names)).pipe(table)) yield String(piece);
  },
};
