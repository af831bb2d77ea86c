// Cost against size, block by block: a line through the sizes that one block measured. What drifts over a run is in all points of
// such a line, and its slopes have an interval like any other value of blocks.
import { linearRegression } from 'simple-statistics';
import type { ByBlock } from './log-ratio.ts';

export interface Line {
  readonly start: number;
  readonly slope: number;
}

/** `ys[i]` at `xs[i]`; at least two different `xs`. */
export const lineThrough = (xs: readonly number[], ys: readonly number[]): Line => {
  const { b, m } = linearRegression(xs.map((x, i) => [x, ys[i]!]));
  return { start: b, slope: m };
};

/** `given[i]`: what was measured at `xs[i]`. One line for each block that has every size; none with fewer than two sizes. */
export const linesByBlock = (xs: readonly number[], given: readonly ByBlock[]): readonly Line[] =>
  xs.length < 2
    ? []
    : [...given[0]!.keys()].flatMap((block) => {
        const ys = given.flatMap((byBlock) => byBlock.get(block) ?? []);
        return ys.length < xs.length ? [] : [lineThrough(xs, ys)];
      });
