// JSON of github-action-benchmark. It knows one direction per file, so there are two: smaller is better, and bigger is better.
import type { Metric } from '../schema/run.ts';
import { type ExportFormat, whole } from './export.ts';
import { type CountedRow, countedRows, pathOf, type TimedRow, timedRows } from './rows.ts';
import { jsonText } from './text.ts';
import { unitOf } from './units.ts';

const timed = ({ place, metric, cell }: TimedRow) => {
  const { medianInterval: interval } = cell;
  const told =
    interval.kind === 'tooFew'
      ? {}
      : {
          range: `± ${Math.max(interval.hi - cell.median, cell.median - interval.lo)}`,
          extra: `n=${cell.n} median, ${Math.round(interval.confidence * 100)}% CI ${interval.lo}..${interval.hi}`,
        };
  return {
    name: `${pathOf(place)}/${metric}`,
    unit: unitOf(metric),
    value: cell.median,
    ...(interval.kind === 'tooFew' ? { extra: `n=${cell.n} median` } : told),
  };
};

const counted = ({ place, metric, phase, least, most, passes }: CountedRow) => ({
  name: `${pathOf(place)}/${phase === null ? '' : `${phase}.`}${metric}`,
  unit: unitOf(metric),
  value: least,
  extra: least === most ? `${passes} passes, all equal` : `least of ${passes} passes, most ${most}`,
});

/** Headline metrics and counts: CPU time and percentiles would hide what is to be watched. */
const formatOf = (id: string, better: Metric['better'], title: string): ExportFormat => ({
  id,
  title,
  write: whole((loaded) =>
    jsonText([
      ...timedRows(loaded)
        .filter(({ headline, info, cell }) => headline && info.better === better && !cell.idle)
        .map(timed),
      ...countedRows(loaded)
        .filter(({ info }) => info.better === better)
        .map(counted),
    ]),
  ),
});

export const smaller = formatOf(
  'github-smaller',
  'lower',
  'github-action-benchmark, customSmallerIsBetter: times and counts',
);

export const bigger = formatOf(
  'github-bigger',
  'higher',
  'github-action-benchmark, customBiggerIsBetter: rates and shares',
);
