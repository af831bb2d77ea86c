// Fits of cost against size, one per block: a line or a power law through the sizes measured in that block. Drift over the run
// affects all points of a fit; slopes and exponents get an interval over the blocks.
import { linearRegression } from 'simple-statistics';
import type { ByBlock } from './log-ratio.ts';

interface FittedLine {
  readonly start: number;
  readonly slope: number;
}

/** `ys[i]` at `xs[i]`; at least two different `xs`. */
const lineThrough = (xs: readonly number[], ys: readonly number[]): FittedLine => {
  const { b, m } = linearRegression(xs.map((x, i) => [x, ys[i]!]));
  return { start: b, slope: m };
};

/** Calls `make` with the values of each block that has every size. */
const wholeBlocks = <T>(
  given: readonly ByBlock[],
  make: (ys: readonly number[]) => T,
): ReadonlyMap<number, T> =>
  new Map(
    [...(given[0]?.keys() ?? [])].flatMap((block) => {
      const ys = given.flatMap((byBlock) => byBlock.get(block) ?? []);
      return ys.length < given.length ? [] : [[block, make(ys)] as const];
    }),
  );

/** `given[i]` holds the values at `xs[i]`. One line for each block that has every size; none with fewer than two sizes. */
export const linesByBlock = (
  xs: readonly number[],
  given: readonly ByBlock[],
): ReadonlyMap<number, FittedLine> =>
  xs.length < 2 ? new Map() : wholeBlocks(given, (ys) => lineThrough(xs, ys));

/** Any two points fit a power law. */
const FEWEST_FOR_POWER = 3;

/**
 * The exponent b of y = a x^b, one for each block that has every size: 1 where cost grows as `xs` do. None with fewer than three
 * sizes. Sizes and costs are above zero.
 */
export const powersByBlock = (xs: readonly number[], given: readonly ByBlock[]): ByBlock =>
  xs.length < FEWEST_FOR_POWER
    ? new Map()
    : wholeBlocks(given, (ys) => lineThrough(xs.map(Math.log), ys.map(Math.log)).slope);
