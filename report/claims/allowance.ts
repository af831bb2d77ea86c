// What another run of the same plan may differ by, beyond what the blocks of this one show: the ratio of two arms moves from run to run
// by 2 to 3 % (standard deviation). So a ratio that a verdict stands on has an interval that is wider than its row's.
//
// Error: on a bound, an interval of one run without it gives a wrong verdict in 5 to 30 % of runs, the more the more blocks it has; with it
//        in less than 1 %. Several runs show most of it themselves: with theirs less than 1 %, too. `npm run check:claims` measures it again.
import type { Interval } from '../../results/stats/interval.ts';

/** Factors of both ends. */
const ONE_RUN = 1.07;
const SEVERAL_RUNS = 1.01;

const percent = (factor: number): string => `${Math.round((factor - 1) * 100)} %`;
export const ALLOWANCE_TEXT = `Ratios that a verdict stands on have intervals widened by ${percent(ONE_RUN)} for one run, by ${percent(SEVERAL_RUNS)} for several: another run may differ by that.`;

/** Of a ratio above zero. */
export const widened = (ratio: Interval): Interval => {
  if (ratio.kind === 'tooFew') return ratio;
  const factor = ratio.runs === undefined ? ONE_RUN : SEVERAL_RUNS;
  return { ...ratio, lo: ratio.lo / factor, hi: ratio.hi * factor };
};
