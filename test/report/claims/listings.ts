// Journals of timed walks.
import type { Params } from '../../../results/schema/shared.ts';
import { around, IMAGE, type MadeGroup } from './journal.ts';

export const MS = 1e6;
export const ENTRIES = 64_246;
export const images = [{ name: IMAGE, entryCount: ENTRIES }];
export const BLOCKS = 8;

/** Milliseconds by arm; a pair is a range. */
export type WalkTimes = Readonly<Record<string, number | readonly [from: number, to: number]>>;

export const spread = ([from, to]: readonly [number, number]): readonly number[] =>
  Array.from({ length: BLOCKS }, (_, i) => (from + ((to - from) * ((i * 3) % BLOCKS)) / (BLOCKS - 1)) * MS);

export const walks = (scenario: string, times: WalkTimes, params: Params = {}): MadeGroup => ({
  scenario,
  params,
  time: Object.fromEntries(
    Object.entries(times).map(([arm, ms]) => [
      arm,
      { walkWallNs: typeof ms === 'number' ? around(ms * MS, BLOCKS, 0.01) : spread(ms) },
    ]),
  ),
});
