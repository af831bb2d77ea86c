// When a comparison may stop: only at planned numbers of blocks, never because of what an interval happens to say in between.
//
// Source: four looks at 98.75 % each keep the error of the whole below 5 % (Bonferroni over the looks).
import type { Verdict } from './verdict.ts';

export const LOOKS: readonly number[] = [8, 12, 24, 48];

/** The planned looks from `fewest` to `most`; `most` itself is always the last one. */
export const looksWithin = (fewest: number, most: number): readonly number[] => [
  ...LOOKS.filter((look) => look >= fewest && look < most),
  most,
];

export const isDecided = (verdict: Verdict): boolean => verdict !== 'undecided' && verdict !== 'tooFew';

/** Error of the gate to either side. */
export const GATE_ALPHA = 0.025;

/** Fewest blocks with which so many rows can be judged together: the smallest p, all blocks on one side, must pass Holm's first step. */
export const blocksForRows = (rowCount: number): number =>
  rowCount === 0 ? 0 : Math.ceil(Math.log2(rowCount / GATE_ALPHA));
