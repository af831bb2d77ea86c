// Percentiles of the latencies of one slot, by nearest rank.
import type { Values } from '../harness/model/scenario.ts';

interface Percentile {
  readonly suffix: string;
  readonly part: number;
  /** With fewer values it would be the largest one, under another name. */
  readonly fewest: number;
}

/** With fewer lives p99 is the longest of them. */
export const FEWEST_FOR_P99 = 100;

const PERCENTILES: readonly Percentile[] = [
  { suffix: 'P50Ns', part: 0.5, fewest: 2 },
  { suffix: 'P90Ns', part: 0.9, fewest: 10 },
  { suffix: 'P99Ns', part: 0.99, fewest: FEWEST_FOR_P99 },
  { suffix: 'P999Ns', part: 0.999, fewest: 1000 },
  { suffix: 'MostNs', part: 1, fewest: 1 },
];

/** The smallest value that at least this part of all does not exceed. `sorted` is ascending and not empty. */
export const nearestRank = (sorted: readonly number[], part: number): number =>
  sorted[Math.ceil(part * sorted.length) - 1]!;

/** `NAMEP50Ns`, … Percentiles for which there are too few values are left out. */
export const percentilesOf = (name: string, values: readonly number[]): Values => {
  const sorted = [...values].sort((a, b) => a - b);
  return Object.fromEntries(
    PERCENTILES.filter(({ fewest }) => sorted.length >= fewest).map(({ suffix, part }) => [
      `${name}${suffix}`,
      nearestRank(sorted, part),
    ]),
  );
};
