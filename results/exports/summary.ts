// JSON shape of `report --format json`. Types only.
import type { Pooled } from '../pool/pooled.ts';
import type { Environment, Guest } from '../schema/machine.ts';
import type { ImageInfo, Metric, RunFile } from '../schema/run.ts';
import type { Params } from '../schema/shared.ts';

/** Of the median; `confidence` is the one reached, at least 0.95. */
type SummaryInterval =
  | {
      readonly kind: 'interval';
      readonly center: number;
      readonly lo: number;
      readonly hi: number;
      readonly confidence: number;
      readonly n: number;
      /** Of a pool. `sd`: the spread between runs beyond that of their blocks, as a logarithm. */
      readonly runs?: { readonly count: number; readonly sd: number };
      /** Of a pool over several machines: the spread between machines beyond that of their runs. */
      readonly machines?: { readonly count: number; readonly sd: number };
    }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number; readonly of?: 'runs' };

/** A metric of one arm on one image: a noisy one over the timing passes, others over the counting passes. */
export interface SummarySeries extends Metric {
  readonly scenario: string;
  readonly params: Params;
  readonly image: string;
  readonly arm: string;
  readonly metric: string;
  readonly unit: 'ns' | 'B' | 'count' | '1/s' | 'ratio';
  readonly median: number;
  readonly interval: SummaryInterval;
  /** In the order of blocks. */
  readonly values: readonly number[];
}

export interface RunSummary {
  readonly id: string;
  readonly startedAt: string;
  readonly status: RunFile['status'];
  readonly cfsbench: RunFile['cfsbench'];
  readonly baseline: string;
  readonly seed: string;
  readonly profile: string;
  readonly environment: Environment;
  /** Of `cfsbench vm`; absent: none. If its CPUs were emulated, `series` has no times. */
  readonly guest?: Guest;
  readonly images: readonly ImageInfo[];
  /** The pooled runs; absent: one run. */
  readonly pool?: Pooled;
  readonly series: readonly SummarySeries[];
}
