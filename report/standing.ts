// What a reader must know of all intervals together: how many may miss by chance, and that one run is one run.
import { FEWEST_RUNS } from '../results/stats/over-runs.ts';
import { formatValue, grouped } from './format.ts';
import type { ReportView } from './view.ts';

/** What the number before an interval is. */
export const centreText = ({ pool }: ReportView): string =>
  pool === null
    ? 'the middle block (of an even number, the geometric mean of the two in the middle)'
    : 'the geometric mean of the middle of each run';

/** Intervals are for a row each; a page has many rows. */
export const chanceText = ({ judged: { cells, verdicts, missed } }: ReportView): string =>
  cells === 0
    ? ''
    : `Intervals are per row: of ${grouped(cells)} ratios judged in this report, ${grouped(verdicts)} of them with a verdict, about ${formatValue('', missed)} miss the truth by chance.`;

export const ENOUGH_RUNS = 5;

export const runsText = ({ pool }: ReportView): string => {
  if (pool === null)
    return 'One run: another run of the same plan may differ by more than these intervals (several runs: --profile evidence).';
  const { runs } = pool;
  const pooled = `Pooled over ${runs.length} run${runs.length === 1 ? '' : 's'}`;
  if (runs.length < FEWEST_RUNS)
    return `${pooled}: too few for an interval over runs; those of blocks are in each run's own report.`;
  const few = runs.length < ENOUGH_RUNS ? ` Fewer than the ${ENOUGH_RUNS} runs that evidence needs.` : '';
  return `${pooled}: intervals hold for further runs of this plan on this machine.${few}`;
};
