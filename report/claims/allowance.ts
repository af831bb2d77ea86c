// Ratios that decide a claim get wider intervals than their rows: the ratio of two arms differs between runs of one plan by 2 to 3 %
// (standard deviation), and the blocks of a single run do not show that.
//
// Error: where the true ratio lies on a bound, intervals of one run give a wrong verdict in 5 to 30 % of runs without the allowance, more
//        with more blocks; in less than 1 % with it. Intervals over several runs contain most of the difference already; with their own
//        allowance they, too, are wrong in less than 1 %. `npm run check:claims` measures both.
import type { Interval } from '../../results/stats/interval.ts';
import { formatPercent } from '../format.ts';

/** Factors for both ends. */
const ONE_RUN = 1.07;
const SEVERAL_RUNS = 1.01;

export const ALLOWANCE_TEXT = `Ratios that decide a claim have intervals widened by ${formatPercent(ONE_RUN - 1)} for one run, by ${formatPercent(SEVERAL_RUNS - 1)} for several: another run may differ by that.`;

/** For a ratio above zero. */
export const widened = (ratio: Interval): Interval => {
  if (ratio.kind === 'tooFew') return ratio;
  const factor = ratio.runs === undefined ? ONE_RUN : SEVERAL_RUNS;
  return { ...ratio, lo: ratio.lo / factor, hi: ratio.hi * factor };
};
