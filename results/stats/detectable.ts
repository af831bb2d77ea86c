// The smallest effect that blocks with this noise would show: the shift of the median at which the lower end of its order-statistic
// interval lies beyond a bound in nine of ten repetitions. Computed without drawing: the k-th smallest of n values drawn with
// replacement is at most the i-th of them with the probability of k or more successes in n trials of i/n.
//
// Source: David and Nagaraja, Order Statistics, section 2.2; Efron, The Jackknife, the Bootstrap and Other Resampling Plans,
// section 10.3 (the bootstrap distribution of an order statistic without drawing).
import { binomialBelow } from './binomial.ts';
import { between, medianNeeds, medianRank, middleRanks } from './median.ts';
import { orderStatistics } from './order-statistics.ts';
import { remembered } from './remembered.ts';

/** If the spread were known; it is an estimate, so in simulations with 24 blocks three of four runs show such an effect. */
export const POWER = 0.9;

const atLeast = (k: number, n: number, p: number): number => (p >= 1 ? 1 : 1 - binomialBelow(k - 1, n, p));

/** Rank, from 1, of the value that the interval's lower end, the `rank`-th of `n`, reaches in a share `power` of repetitions. */
const lowerReach = remembered((n: number, rank: number, power: number): number => {
  let [low, high] = [1, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (atLeast(rank, n, middle / n) >= 1 - power) high = middle;
    else low = middle + 1;
  }
  return low;
});

/** Smallest log-ratio that the interval at `confidence` shows to be above `bound` with probability `power`; null with too few values. */
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

/** The same below a bound: the largest log-ratio. */
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
