// Wide CSV: one row per sample, one column per metric that any sample has. An empty cell is not zero: it was not measured.
import { stringify } from 'csv-stringify/sync';
import type { Sample } from '../schema/run.ts';
import { visible } from '../visible.ts';
import { SLOT_COLUMNS, sampleCells } from './csv-slot.ts';
import type { ExportFormat, Source } from './export.ts';

const OPTIONS = { escape_formulas: true } as const;

const detailOf = (sample: Sample): string => {
  if (sample.outcome === 'ok') return '';
  return sample.outcome === 'failed'
    ? `${sample.phase}: ${sample.code}: ${sample.message}`
    : `${sample.need}: ${sample.reason}`;
};

const metricsOf = async ({ samples }: Source): Promise<readonly string[]> => {
  const seen = new Set<string>();
  for await (const sample of samples())
    if (sample.outcome === 'ok') for (const metric of Object.keys(sample.values)) seen.add(metric);
  return [...seen].sort();
};

/** Two passes over the journal: the columns must be known before the first row. */
async function* write(source: Source): AsyncGenerator<string> {
  const metrics = await metricsOf(source);
  yield stringify([[...SLOT_COLUMNS, ...metrics.map(visible), 'detail']], OPTIONS);
  for await (const sample of source.samples()) {
    const values = sample.outcome === 'ok' ? sample.values : {};
    yield stringify(
      [
        [
          ...sampleCells(source.run, sample),
          ...metrics.map((metric) => (Object.hasOwn(values, metric) ? values[metric]! : '')),
          visible(detailOf(sample)),
        ],
      ],
      OPTIONS,
    );
  }
}

export const format: ExportFormat = {
  id: 'csv-wide',
  title: 'wide CSV: one row per sample, one column per metric',
  write,
};
