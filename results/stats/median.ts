// The median and its order-statistic interval, which assumes independent values and no distribution.
//
// Source: David and Nagaraja, Order Statistics, section 7.1: the k-th smallest and the k-th largest of n values enclose the
// median with probability 1 - 2 P(B <= k-1), B binomial with n trials and one half.
import { binomialBelow, binomialPast } from './binomial.ts';
import type { Interval } from './interval.ts';
import { orderStatistics } from './order-statistics.ts';
import { remembered } from './remembered.ts';

/** The two middle ranks, from 0; equal for an odd number. */
export const middleRanks = (n: number): readonly [number, number] => [(n - 1) >> 1, n >> 1];
export const between = (below: number, above: number): number =>
  below === above ? below : below + 0.5 * (above - below);

/** Null without values. */
export const median = (values: ArrayLike<number>): number | null => {
  if (values.length === 0) return null;
  const [below, above] = orderStatistics(values, middleRanks(values.length));
  return between(below!, above!);
};

/** Fewest values whose smallest and largest enclose the median with this confidence. */
export const medianNeeds = (confidence: number): number => Math.ceil(1 - Math.log2(1 - confidence));

export const CONFIDENCE = 0.95;
/** One of four planned looks, 5 % over all of them. */
export const LOOK_CONFIDENCE = 0.9875;

/** Rank, from 1, of the interval's lower end, with the confidence that it reaches. */
export const medianRank = remembered((n: number, confidence: number) => {
  const rank = binomialPast((1 - confidence) / 2, n, 0.5);
  return { rank, confidence: 1 - 2 * binomialBelow(rank - 1, n, 0.5) };
});

export const medianInterval = (values: ArrayLike<number>, confidence: number): Interval => {
  const n = values.length;
  const needed = medianNeeds(confidence);
  if (n < needed) return { kind: 'tooFew', n, needed };
  const { rank, confidence: reached } = medianRank(n, confidence);
  const [lo, below, above, hi] = orderStatistics(values, [rank - 1, ...middleRanks(n), n - rank]);
  return { kind: 'interval', center: between(below!, above!), lo: lo!, hi: hi!, confidence: reached, n };
};
