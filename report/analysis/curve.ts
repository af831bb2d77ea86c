// A distribution as it is drawn: one step per value, and a few shares of it for the table beside it.

export interface Curve {
  readonly n: number;
  /** Value and the share of all that are not above it; from a share of 0 to one of 1. */
  readonly steps: readonly (readonly [value: number, share: number])[];
  /** At `SHARES`. */
  readonly quantiles: readonly number[];
}

/** Shares of the table beside a chart. */
export const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** More are drawn as so many that lie on the same curve. */
const MOST_STEPS = 64;

const atShare = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;

/** Null without a value. */
export const curveOf = (values: ArrayLike<number>): Curve | null => {
  if (values.length === 0) return null;
  // Ten times as fast as with a comparison of its own.
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
