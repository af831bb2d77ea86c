// Upper bounds of quantiles from order statistics: the k-th smallest of n values lies above the p-quantile with probability
// P(B <= k-1), B binomial with n trials and p. A bound of the 99th percentile at 95 % needs 299 values.
import { binomialBelow } from './binomial.ts';
import type { Bound } from './interval.ts';

/** Fewest values whose largest bounds the p-quantile from above with this confidence. */
export const quantileNeeds = (p: number, confidence: number): number =>
  Math.ceil(Math.log1p(-confidence) / Math.log(p));

export const quantileBound = (values: readonly number[], p: number, confidence: number): Bound => {
  const n = values.length;
  const needed = quantileNeeds(p, confidence);
  if (n < needed) return { kind: 'tooFew', n, needed };
  let low = 1;
  let high = n;
  while (low < high) {
    const rank = (low + high) >> 1;
    if (binomialBelow(rank - 1, n, p) >= confidence) high = rank;
    else low = rank + 1;
  }
  const sorted = Float64Array.from(values).sort();
  return { kind: 'bound', value: sorted[low - 1]!, confidence: binomialBelow(low - 1, n, p), n };
};
