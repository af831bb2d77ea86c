// Percentile bootstrap: the spread of a statistic over samples drawn from the sample. Information beside the order-statistic
// interval, never a verdict: with six values it covers the median in 92.6 % of cases where 95 % were asked for.
//
// Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13.
import type { Interval } from './interval.ts';
import { median } from './median.ts';

/** Uniform in [0, 1). */
export type Uniform = () => number;

const FEWEST = 6;
const DRAWS = 1000;

export interface BootstrapOptions {
  readonly confidence: number;
  readonly random: Uniform;
  readonly draws?: number;
  /** Default: the median. */
  readonly statistic?: (values: readonly number[]) => number;
}

export const bootstrap = (values: readonly number[], options: BootstrapOptions): Interval => {
  const n = values.length;
  if (n < FEWEST) return { kind: 'tooFew', n, needed: FEWEST };
  const statistic = options.statistic ?? ((of) => median(of)!);
  const draws = options.draws ?? DRAWS;
  const found = Float64Array.from({ length: draws }, () =>
    statistic(Array.from({ length: n }, () => values[Math.floor(options.random() * n)]!)),
  ).sort();
  const tail = (1 - options.confidence) / 2;
  return {
    kind: 'interval',
    center: statistic(values),
    lo: found[Math.floor(tail * (draws - 1))]!,
    hi: found[Math.ceil((1 - tail) * (draws - 1))]!,
    confidence: options.confidence,
    n,
  };
};
