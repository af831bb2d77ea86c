// A distribution for a chart: a step for each value, of many values fewer, and a few quantiles for the table beside it.

export interface Curve {
  readonly n: number;
  /** A value and the share of values up to it, from 0 to 1. */
  readonly steps: readonly (readonly [value: number, share: number])[];
  /** One for each of `SHARES`. */
  readonly quantiles: readonly number[];
}

export const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** Longer distributions are thinned out to this number of steps. */
const MOST_STEPS = 64;

/** What a step of these curves is, below a chart. */
export const stepText = (curves: readonly Pick<Curve, 'n'>[]): string =>
  curves.every(({ n }) => n <= MOST_STEPS)
    ? 'Each step is one block'
    : `Each step is one block, of a curve of more than ${MOST_STEPS} blocks one ${MOST_STEPS}th of them`;

/** `sorted`: ascending. `share`: from 0 to 1. */
export const atShare = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;

/** Null: no values. */
export const curveOf = (values: ArrayLike<number>): Curve | null => {
  if (values.length === 0) return null;
  // Ten times as fast as Array.sort with a comparison.
  const sorted = new Float64Array(values).sort();
  const steps = Math.min(sorted.length, MOST_STEPS);
  return {
    n: sorted.length,
    steps: [
      [sorted[0]!, 0],
      ...Array.from({ length: steps }, (_, i) => {
        const share = (i + 1) / steps;
        return [atShare(sorted, share), share] as const;
      }),
    ],
    quantiles: SHARES.map((share) => atShare(sorted, share)),
  };
};
