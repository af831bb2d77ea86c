// Percentiles of the blocks of a row.
import { median } from '../../results/stats/median.ts';
import { atShare } from './curve.ts';

export interface Percentiles {
  /** Number of values. */
  readonly n: number;
  readonly p50: number;
  /** Null: with so few values it would be the largest one. */
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number;
}

/** Fewest values of which one is beyond the percentile. */
export const FEWEST_VALUES = { p90: 10, p99: 100 } as const;

/** Null: no values. p90 and p99 are the smallest value that at least this share of the values does not exceed. */
export const percentilesOf = (values: ArrayLike<number>): Percentiles | null => {
  if (values.length === 0) return null;
  const sorted = new Float64Array(values).sort();
  const n = sorted.length;
  return {
    n,
    p50: median(sorted)!,
    p90: n < FEWEST_VALUES.p90 ? null : atShare(sorted, 0.9),
    p99: n < FEWEST_VALUES.p99 ? null : atShare(sorted, 0.99),
    max: sorted[n - 1]!,
  };
};
