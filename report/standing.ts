// What a reader must know about all intervals together: how many miss by chance, and what one run cannot show.
import { FEWEST_RUNS } from '../results/stats/over-runs.ts';
import { formatValue, grouped, plural } from './format.ts';
import type { ReportView } from './view.ts';

/** The number in front of an interval. */
export const centerText = ({ pool }: ReportView): string =>
  pool === null ? 'the median over the blocks' : 'the geometric mean of the medians of the runs';

export const chanceText = ({ judged: { cells, verdicts, missed } }: ReportView): string =>
  cells === 0
    ? ''
    : `Each interval holds for its own row: about ${formatValue('', missed)} of the ${grouped(cells)} in this report (${grouped(verdicts)} with a verdict) miss the true value by chance.`;

const ENOUGH_RUNS = 5;

export const runsText = ({ pool }: ReportView): string => {
  if (pool === null)
    return 'This is one run: another run of the same plan may differ by more than these intervals (several runs: --profile evidence).';
  const count = pool.runs.length;
  const pooled = `Pooled over ${plural(count, 'run')}`;
  if (count < FEWEST_RUNS)
    return `${pooled}: an interval over runs needs ${FEWEST_RUNS}; the intervals over blocks are in the report of each run.`;
  const few = count < ENOUGH_RUNS ? ` Evidence needs ${ENOUGH_RUNS} runs.` : '';
  return `${pooled}: the intervals hold for further runs of this plan on this machine.${few}`;
};
