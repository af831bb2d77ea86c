// JSON shape of the runs of a pool. Types only.

export interface Pooled {
  readonly runs: readonly { readonly id: string; readonly startedAt: string; readonly seed: string }[];
  /** Differences between the runs that do not forbid pooling them. */
  readonly notices: readonly string[];
}
