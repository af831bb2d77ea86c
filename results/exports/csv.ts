// Long CSV, for spreadsheets and data frames: one row per sample and metric, and per system call counted; failures and skips
// included.
import { stringify } from 'csv-stringify/sync';
import { unreachable } from '../errors.ts';
import { PHASES, type Sample } from '../schema/run.ts';
import { visible } from '../visible.ts';
import { SLOT_COLUMNS, sampleCells } from './csv-slot.ts';
import type { ExportFormat, Source } from './export.ts';
import { CALLS } from './rows.ts';
import { unitOf } from './units.ts';

const COLUMNS = [...SLOT_COLUMNS, 'phase', 'actor', 'call', 'metric', 'unit', 'value', 'detail'];
/** A cell that a spreadsheet would run as a formula is quoted as text. */
const OPTIONS = { escape_formulas: true } as const;

type Cells = readonly (string | number)[];

const phaseIn = (metric: string): string =>
  PHASES.find((phase) => metric.startsWith(phase) && /^[A-Z]/.test(metric.slice(phase.length))) ?? '';

const callCells = (sample: Extract<Sample, { readonly outcome: 'ok' }>): readonly Cells[] =>
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

const metricCells = (values: Readonly<Record<string, number>>): readonly Cells[] =>
  Object.entries(values).map(([metric, value]) => [
    phaseIn(metric),
    '',
    '',
    visible(metric),
    unitOf(metric),
    value,
    '',
  ]);

const outcomeCells = (sample: Sample): readonly Cells[] => {
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

async function* write({ run, samples }: Source): AsyncGenerator<string> {
  yield stringify([COLUMNS], OPTIONS);
  for await (const sample of samples()) {
    const slot = sampleCells(run, sample);
    yield stringify(
      outcomeCells(sample).map((cells) => [...slot, ...cells]),
      OPTIONS,
    );
  }
}

export const format: ExportFormat = {
  id: 'csv',
  title: 'long CSV: one row per sample and metric, for data frames',
  write,
};
