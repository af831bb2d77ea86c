// A pool as CSV: one row for each arm of each metric, with its ratio, its verdict and the spread between runs.
import { stringify } from 'csv-stringify/sync';
import { designOf } from '../compare/phase-of.ts';
import { rowOf } from '../compare/rows.ts';
import { paramsKey } from '../compare/tally.ts';
import type { LoadedRun } from '../gate/load.ts';
import { visible } from '../visible.ts';

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
];
/** Quotes a cell that a spreadsheet would run as a formula. */
const OPTIONS = { escape_formulas: true } as const;

export function* poolCsv({ run, tallied }: LoadedRun): Generator<string> {
  yield stringify([COLUMNS], OPTIONS);
  const design = designOf(run);
  for (const data of tallied.groups) {
    const { scenario, params, image } = data.group;
    for (const metric of data.time.keys()) {
      const rows = (rowOf(data, metric, design)?.cells ?? []).map((cell) => {
        const ratio = cell.versus?.ratio;
        const known = ratio?.kind === 'interval' ? ratio : null;
        return [
          ...[scenario, paramsKey(params), image, metric, cell.arm].map(visible),
          cell.n,
          cell.median,
          cell.medianInterval.kind === 'interval' ? (cell.medianInterval.runs?.count ?? '') : '',
          known?.center ?? '',
          known?.lo ?? '',
          known?.hi ?? '',
          known?.runs?.sd ?? '',
          cell.versus?.verdict ?? '',
        ];
      });
      yield stringify(rows, OPTIONS);
    }
  }
}
