// Journals of counting passes. Counts have no noise except that one pass may differ: pages were evicted, or another process looked into a
// folder. Such a world is on the line.
import type { MadeGroup, Series } from '../report/claims/journal.ts';
import { onLarge } from './large.ts';
import type { RunNoise } from './noise.ts';
import type { ClaimWorld, Truth } from './world.ts';

const PASSES = 3;

/** One pass, at random, differs from the others. */
export const oddPass = (noise: RunNoise, usual: number, other: number): readonly number[] => {
  const odd = Math.floor(noise.random() * PASSES);
  return Array.from({ length: PASSES }, (_, pass) => (pass === odd ? other : usual));
};

export const counted = (
  scenario: string,
  count: Readonly<Record<string, Series>>,
  params: NonNullable<MadeGroup['params']> = {},
): MadeGroup => ({ scenario, params, count });

export const countedWorld = (
  truth: Truth,
  what: string,
  groups: (noise: RunNoise) => readonly MadeGroup[],
): ClaimWorld => ({ truth, what, journal: (noise) => onLarge(groups(noise)) });
