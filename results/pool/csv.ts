// A pool as CSV: one row for each arm of each metric, with its ratio, its verdict and the spread between runs; of several machines one
// row more for each machine of each headline metric.
import { stringify } from 'csv-stringify/sync';
import { designOf } from '../compare/phase-of.ts';
import { type Cell, type Row, rowOf } from '../compare/rows.ts';
import { paramsKey } from '../compare/tally.ts';
import { measuredIn } from '../emulated.ts';
import type { LoadedRun } from '../gate/load.ts';
import type { Interval } from '../stats/interval.ts';
import { visible } from '../visible.ts';
import type { Fleet, FleetRow } from './pooled.ts';

const COLUMNS = [
  'scenario',
  'params',
  'image',
  'metric',
  'arm',
  'blocks',
  'center',
  'runs',
  'ratio',
  'ratioLo',
  'ratioHi',
  'runSdRatio',
  'verdict',
  'machine',
  'machineSdRatio',
  'toOthersRatio',
  'p',
  'disagrees',
];
/** Quotes a cell that a spreadsheet would run as a formula. */
const OPTIONS = { escape_formulas: true } as const;

const known = (interval: Interval | undefined) => (interval?.kind === 'interval' ? interval : null);

const armLine = ({ group: { scenario, params, image }, metric }: Row, cell: Cell): readonly unknown[] => {
  const ratio = known(cell.versus?.ratio);
  return [
    ...[scenario, paramsKey(params), image, metric, cell.arm].map(visible),
    cell.n,
    cell.median,
    known(cell.medianInterval)?.runs?.count ?? '',
    ratio?.center ?? '',
    ratio?.lo ?? '',
    ratio?.hi ?? '',
    ratio?.runs?.sd ?? '',
    cell.versus?.verdict ?? '',
    '',
    ratio?.machines?.sd ?? '',
    ...['', '', ''],
  ];
};

/** One line for each machine: `center` of the baseline's time, or `ratio` of an arm. */
const machineLines = ({ machines }: Fleet, row: FleetRow): readonly (readonly unknown[])[] =>
  row.machines.map((effect) => {
    const { center, lo, hi, runs } = effect;
    return [
      ...[row.scenario, row.params, row.image, row.metric, row.arm].map(visible),
      '',
      row.kind === 'level' ? center : '',
      runs,
      ...(row.kind === 'ratio' ? [center, lo ?? '', hi ?? ''] : ['', '', '']),
      ...['', ''],
      visible(machines[effect.machine]!.name),
      '',
      effect.toOthers,
      effect.p,
      effect.disagrees ? 'yes' : 'no',
    ];
  });

export function* poolCsv({ run, tallied, pool }: LoadedRun): Generator<string> {
  yield stringify([COLUMNS], OPTIONS);
  const design = designOf(run);
  for (const data of measuredIn(run, tallied).groups)
    for (const metric of data.time.keys()) {
      const row = rowOf(data, metric, design);
      if (row !== null) yield stringify(row.cells.map((cell) => armLine(row, cell)) as unknown[], OPTIONS);
    }
  for (const row of pool?.fleet?.rows ?? [])
    yield stringify(machineLines(pool!.fleet!, row) as unknown[], OPTIONS);
}
