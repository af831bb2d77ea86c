// Wide CSV: one row for each sample, one column for each metric. An empty cell was not measured.

import { stringify } from 'csv-stringify/sync';
import { SLOT_COLUMNS, sampleCells } from '../csv/slot.ts';
import type { LoadedRun } from '../gate/load.ts';
import { readSamples } from '../read.ts';
import type { Sample } from '../schema/run.ts';
import { visible } from '../visible.ts';

/** Quotes a cell that a spreadsheet would run as a formula. */
const OPTIONS = { escape_formulas: true } as const;

const detailOf = (sample: Sample): string => {
  if (sample.outcome === 'ok') return '';
  return sample.outcome === 'failed'
    ? `${sample.phase}: ${sample.code}: ${sample.message}`
    : `${sample.need}: ${sample.reason}`;
};

export function* pieces({ folder, run, tallied }: LoadedRun): Generator<string> {
  const metrics = new Set(tallied.groups.flatMap(({ time, count }) => [...time.keys(), ...count.keys()]));
  const names = [...metrics].sort();
  yield stringify([[...SLOT_COLUMNS, ...names.map(visible), 'detail']], OPTIONS);
  for (const sample of readSamples(folder)) {
    const values = sample.outcome === 'ok' ? sample.values : {};
    const cells = names.map((name) => (Object.hasOwn(values, name) ? values[name]! : ''));
    yield stringify([[...sampleCells(run, sample), ...cells, visible(detailOf(sample))]], OPTIONS);
  }
}
