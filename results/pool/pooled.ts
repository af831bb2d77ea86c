// JSON shape of what a pool says of its runs. Types only.

export interface Pooled {
  readonly runs: readonly { readonly id: string; readonly startedAt: string; readonly seed: string }[];
  /** What differs between the runs and was no reason to refuse them. */
  readonly notices: readonly string[];
}
