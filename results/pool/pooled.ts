// JSON shape of the runs of a pool. Types only.
import type { ConditionWarning } from '../schema/run.ts';

interface PooledRun {
  readonly id: string;
  readonly startedAt: string;
  readonly seed: string;
  readonly commandLine: readonly string[];
}

export interface Pooled {
  readonly runs: readonly PooledRun[];
  /** What the conditions of any of the runs were judged to be, once each. */
  readonly judged: readonly ConditionWarning[];
  /** Differences between the runs that do not forbid pooling them. */
  readonly notices: readonly string[];
}
