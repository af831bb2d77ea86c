// The sign test: the probability of at least this many values on one side of a threshold if the median were at the threshold. It
// assumes independent values and no distribution.
//
// Source: Conover, Practical Nonparametric Statistics, section 3.4.
import { binomialBelow } from './binomial.ts';

/** One-sided p that the median lies above `threshold`: P(B >= k), B binomial with n trials and one half. 1 without values. */
export const signTestAbove = (values: readonly number[], threshold: number): number => {
  const above = values.filter((value) => value > threshold).length;
  return above === 0 ? 1 : 1 - binomialBelow(above - 1, values.length, 0.5);
};

/** One-sided p that the median lies below `threshold`. */
export const signTestBelow = (values: readonly number[], threshold: number): number =>
  signTestAbove(
    values.map((value) => -value),
    -threshold,
  );
