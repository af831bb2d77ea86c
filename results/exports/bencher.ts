// Bencher Metric Format: per benchmark its measures, each a value with bounds where there are enough blocks for them.
import { type ExportFormat, whole } from './export.ts';
import { type CountedRow, countedRows, pathOf, type TimedRow, timedRows } from './rows.ts';
import { jsonText } from './text.ts';
import { type Unit, unitOf } from './units.ts';

/** The first two are measures that Bencher has from the start, in these units. */
const MEASURES: Readonly<Record<Unit, string>> = {
  ns: 'latency',
  '1/s': 'throughput',
  B: 'bytes',
  count: 'count',
  ratio: 'ratio',
  '': 'value',
};

const timed = ({ place, metric, cell }: TimedRow) => {
  const { medianInterval: interval } = cell;
  const bounds = interval.kind === 'tooFew' ? {} : { lower_value: interval.lo, upper_value: interval.hi };
  return [`${pathOf(place)}/${metric}`, { [MEASURES[unitOf(metric)]]: { value: cell.median, ...bounds } }];
};

const counted = ({ place, metric, phase, least, most }: CountedRow) => [
  `${pathOf(place)}/${phase === null ? '' : `${phase}.`}${metric}`,
  { [MEASURES[unitOf(metric)]]: { value: least, lower_value: least, upper_value: most } },
];

export const format: ExportFormat = {
  id: 'bencher',
  title: 'Bencher Metric Format, for bencher run --adapter json',
  write: whole((loaded) =>
    jsonText(
      Object.fromEntries([
        ...timedRows(loaded)
          .filter(({ headline, cell }) => headline && !cell.idle)
          .map(timed),
        ...countedRows(loaded).map(counted),
      ]),
    ),
  ),
};
