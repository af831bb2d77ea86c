// The smallest effect that blocks as noisy as these would have shown: the shift of the median at which the lower end of its
// order-statistic interval lies beyond a bound in nine of ten repetitions. Resampling is done in the head: the chance that the
// k-th smallest of n values drawn with replacement is at most the i-th of them is that of k or more successes in n trials of i/n.
//
// Source: David and Nagaraja, Order Statistics, section 2.2; Efron, The Jackknife, the Bootstrap and Other Resampling Plans,
// section 10.3 (the bootstrap distribution of an order statistic without drawing).
import { binomialBelow, binomialPast } from './binomial.ts';
import { median, medianNeeds } from './median.ts';

/** For this very spread; since the spread is an estimate itself, simulation with 24 blocks shows such effects in three of four. */
export const POWER = 0.9;

const atLeast = (k: number, n: number, p: number): number => (p >= 1 ? 1 : 1 - binomialBelow(k - 1, n, p));

/** How far below its median the interval's lower end lies, or less far, in `power` of repetitions. The chance grows with i. */
const lowerReach = (sorted: Float64Array, rank: number, power: number): number => {
  const n = sorted.length;
  let [low, high] = [1, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (atLeast(rank, n, middle / n) >= 1 - power) high = middle;
    else low = middle + 1;
  }
  return sorted[low - 1]!;
};

/**
 * Smallest log-ratio above `bound` that an interval of the median at `confidence` would show to lie beyond `bound`, with
 * probability `power`; null with too few values.
 */
export const detectableAbove = (
  logs: readonly number[],
  { bound, confidence, power = POWER }: { bound: number; confidence: number; power?: number },
): number | null => {
  const center = median(logs);
  if (center === null || logs.length < medianNeeds(confidence)) return null;
  const sorted = Float64Array.from(logs, (value) => value - center).sort();
  const rank = binomialPast((1 - confidence) / 2, logs.length, 0.5);
  return bound - lowerReach(sorted, rank, power);
};

/** The same for effects below a bound: the largest log-ratio that would be shown to lie below it. */
export const detectableBelow = (
  logs: readonly number[],
  { bound, ...options }: { bound: number; confidence: number; power?: number },
): number | null => {
  const found = detectableAbove(
    logs.map((value) => -value),
    { bound: -bound, ...options },
  );
  return found === null ? null : -found;
};
