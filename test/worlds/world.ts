// A world: a small model in which a claim is true, false or on the line, and the journals of its runs.
import type { MadeRun } from '../report/claims/journal.ts';
import type { RunNoise } from './noise.ts';

/** On the line the claim is neither true nor false, or the observation cannot tell: every definite verdict is wrong. */
export type Truth = 'true' | 'line' | 'false';

export interface ClaimWorld {
  readonly truth: Truth;
  /** The true state of the world, with its numbers. */
  readonly what: string;
  /** `never`: a definite verdict is wrong whatever the journal holds. */
  readonly answer?: 'never';
  /** The journal of one run. */
  journal(noise: RunNoise): MadeRun;
}

export interface ClaimWorlds {
  /** `C1` to `C21`. */
  readonly id: string;
  /** Times are judged on one run and on a pool; counts, which are equal in every run, on one run. */
  readonly kind: 'times' | 'counts';
  /** Blocks of each run of a pool; absent: the first looks in turn, as for one run. */
  readonly pooledBlocks?: number;
  /** Why these sizes matter to a reader. Written before any verdict was seen. */
  readonly margin: string;
  readonly worlds: readonly ClaimWorld[];
}
