// The Hodges-Lehmann estimate of a centre, the median of all averages of two values, with the interval that belongs to
// Wilcoxon's signed-rank test. The interval covers the centre where the distribution is symmetric, as log-ratios of two like arms are.
//
// Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, sections 3.2 and 3.3.
import type { Interval } from './interval.ts';
import { median } from './median.ts';
import { doubledRanks, subsetSumsBelow } from './signed-rank.ts';

/** Above this the averages, n(n+1)/2 of them, are too many to be worth it. */
const MOST = 400;

/** Averages of all pairs, each value with itself included, ascending. */
export const walshAverages = (values: readonly number[]): Float64Array => {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) averages[at++] = (values[i]! + values[j]!) / 2;
  return averages.sort();
};

/** Fewest values of which the smallest and the largest average enclose the centre: 2^-(n-1) must not exceed what may be missed. */
const needs = (confidence: number): number => Math.ceil(1 - Math.log2(1 - confidence));

/** Of more than 400 values, the first 400: they come in the order of blocks. */
export const hodgesLehmann = (all: readonly number[], confidence: number): Interval => {
  const values = all.slice(0, MOST);
  const n = values.length;
  const needed = needs(confidence);
  if (n < needed) return { kind: 'tooFew', n, needed };
  const averages = walshAverages(values);
  const below = subsetSumsBelow(doubledRanks(values.map((_, i) => i)));
  // Ranks are doubled, so a rank sum of k stands at 2k.
  let rank = 0;
  while (below[2 * rank]! <= (1 - confidence) / 2) rank++;
  return {
    kind: 'interval',
    center: median([...averages])!,
    lo: averages[rank - 1]!,
    hi: averages[averages.length - rank]!,
    confidence: 1 - 2 * below[2 * (rank - 1)]!,
    n,
  };
};
