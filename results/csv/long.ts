// Long CSV, for spreadsheets and data frames: one row per sample and metric, one per counted system call, one per failed or
// skipped sample.
import { stringify } from 'csv-stringify/sync';
import { unitOf } from '../compare/metric-info.ts';
import { phaseNamed } from '../compare/phase-of.ts';
import { unreachable } from '../errors.ts';
import type { OkSample, RunFile, Sample } from '../schema/run.ts';
import { visible } from '../visible.ts';
import { SLOT_COLUMNS, sampleCells } from './slot.ts';

const COLUMNS = [...SLOT_COLUMNS, 'phase', 'actor', 'call', 'metric', 'unit', 'value', 'detail'];
/** Quotes a cell that a spreadsheet would run as a formula. */
const OPTIONS = { escape_formulas: true } as const;

/** Metric of the ledger's rows. */
const CALLS = 'systemCallCount';

type CsvCells = readonly (string | number)[];

const callCells = (sample: OkSample): readonly CsvCells[] =>
  Object.entries(sample.ledger ?? {}).flatMap(([phase, actors]) =>
    Object.entries(actors).flatMap(([actor, calls]) =>
      Object.entries(calls).map(([call, count]) => [
        visible(phase),
        visible(actor),
        visible(call),
        CALLS,
        'count',
        count,
        '',
      ]),
    ),
  );

const metricCells = (values: Readonly<Record<string, number>>): readonly CsvCells[] =>
  Object.entries(values).map(([metric, value]) => [
    phaseNamed(metric) ?? '',
    '',
    '',
    visible(metric),
    unitOf(metric),
    value,
    '',
  ]);

const outcomeCells = (sample: Sample): readonly CsvCells[] => {
  switch (sample.outcome) {
    case 'ok':
      return [...metricCells(sample.values), ...callCells(sample)];
    case 'failed':
      return [[sample.phase, '', '', '', '', '', visible(`${sample.code}: ${sample.message}`)]];
    case 'skipped':
      return [['', '', '', '', '', '', visible(`${sample.need}: ${sample.reason}`)]];
    default:
      return unreachable(sample);
  }
};

/** The header, then the rows of each sample. */
export function* longCsv(run: RunFile, samples: Iterable<Sample>): Generator<string> {
  yield stringify([COLUMNS], OPTIONS);
  for (const sample of samples) {
    const slot = sampleCells(run, sample);
    yield stringify(
      outcomeCells(sample).map((cells) => [...slot, ...cells]),
      OPTIONS,
    );
  }
}
