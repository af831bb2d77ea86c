// A world: a small model in which a claim is true, false or on the line, and the journals that a run in it leaves.
import type { Made } from '../report/claims/journal.ts';
import type { RunNoise } from './noise.ts';

/** On the line the claim is neither, or what was observed says neither: each definite verdict is wrong. */
export type Truth = 'true' | 'line' | 'false';

export interface World {
  readonly truth: Truth;
  /** What is so in it, with the number: the size of the margin. */
  readonly what: string;
  /** `never`: no journal may bring a definite verdict, whatever is in it. */
  readonly answer?: 'never';
  /** What one run leaves. */
  journal(noise: RunNoise): Made;
}

export interface ClaimWorlds {
  /** `C1` to `C20`. */
  readonly id: string;
  /** Times are judged on one run and on several put together; counts that are equal in every run, on one. */
  readonly kind: 'times' | 'counts';
  /** Blocks of each of several runs put together; absent: each of the first looks in turn, as of one run. */
  readonly pooledBlocks?: number;
  /** Why these sizes: what a reader would care about. Written before any verdict was seen. */
  readonly margin: string;
  readonly worlds: readonly World[];
}
