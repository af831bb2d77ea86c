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
