// The smallest effect that blocks as noisy as these would have shown: the shift of the median at which the lower end of its
// order-statistic interval lies beyond a bound in nine of ten repetitions. Resampling is done in the head: the chance that the
// k-th smallest of n values drawn with replacement is at most the i-th of them is that of k or more successes in n trials of i/n.
//
// Source: David and Nagaraja, Order Statistics, section 2.2; Efron, The Jackknife, the Bootstrap and Other Resampling Plans,
// section 10.3 (the bootstrap distribution of an order statistic without drawing).
import { binomialBelow } from './binomial.ts';
import { between, medianNeeds, medianRank, middleRanks } from './median.ts';
import { orderStatistics } from './order-statistics.ts';
import { remembered } from './remembered.ts';

/** For this very spread; since the spread is an estimate itself, simulation with 24 blocks shows such effects in three of four. */
export const POWER = 0.9;

const atLeast = (k: number, n: number, p: number): number => (p >= 1 ? 1 : 1 - binomialBelow(k - 1, n, p));

/**
 * Rank, from 1, of the value that the interval's lower end, the `rank`-th of `n`, does not fall below in `power` of repetitions.
 * The chance grows with i.
 */
const lowerReach = remembered((n: number, rank: number, power: number): number => {
  let [low, high] = [1, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (atLeast(rank, n, middle / n) >= 1 - power) high = middle;
    else low = middle + 1;
  }
  return low;
});

/**
 * Smallest log-ratio above `bound` that an interval of the median at `confidence` would show to lie beyond `bound`, with
 * probability `power`; null with too few values.
 */
export const detectableAbove = (
  logs: ArrayLike<number>,
  { bound, confidence, power = POWER }: { bound: number; confidence: number; power?: number },
): number | null => {
  const n = logs.length;
  if (n < medianNeeds(confidence)) return null;
  const reach = lowerReach(n, medianRank(n, confidence).rank, power);
  const [reached, below, above] = orderStatistics(logs, [reach - 1, ...middleRanks(n)]);
  return bound - (reached! - between(below!, above!));
};

/** The same for effects below a bound: the largest log-ratio that would be shown to lie below it. */
export const detectableBelow = (
  logs: ArrayLike<number>,
  { bound, ...options }: { bound: number; confidence: number; power?: number },
): number | null => {
  const found = detectableAbove(
    new Float64Array(logs).map((value) => -value),
    { bound: -bound, ...options },
  );
  return found === null ? null : -found;
};
