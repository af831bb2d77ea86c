// The planned numbers of blocks at which a comparison may stop.
//
// Source: four looks at 98.75 % each keep the error of the whole below 5 % (Bonferroni over the looks).
import type { Verdict } from './verdict.ts';

export const LOOKS: readonly number[] = [8, 12, 24, 48];

/** The planned looks from `fewest` to `most`; the last one is `most`. */
export const looksWithin = (fewest: number, most: number): readonly number[] => [
  ...LOOKS.filter((look) => look >= fewest && look < most),
  most,
];

export const isDecided = (verdict: Verdict): boolean => verdict !== 'undecided' && verdict !== 'tooFew';

/** One-sided error of the gate. */
export const GATE_ALPHA = 0.025;

/** Fewest blocks that can judge `rowCount` rows together: the smallest p, all blocks on one side, must pass Holm's first step. */
export const blocksForRows = (rowCount: number): number =>
  rowCount === 0 ? 0 : Math.ceil(Math.log2(rowCount / GATE_ALPHA));
