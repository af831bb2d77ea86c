// Several runs side by side: times against the baseline of each run, and the counts of each run against those of the first.
import type { Metric } from '../schema/run.ts';
import { type Comparison, compareRuns } from './compare.ts';
import { type GateConfig, NO_CONFIG } from './config.ts';
import { placeKey, type RowPlace } from './exact-rows.ts';
import { compareLatencies, type LatencyResult } from './latencies.ts';
import type { LoadedRun } from './load.ts';

interface ColumnRun {
  readonly id: string;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly kernel: string;
  readonly status: string;
  readonly baseline: string;
}

/** A time of one arm; null: absent from that run. */
export interface TimeColumns {
  readonly place: RowPlace;
  readonly metric: string;
  readonly better: Metric['better'];
  readonly cells: readonly (LatencyResult | null)[];
}

export interface RunColumns {
  readonly runs: readonly ColumnRun[];
  readonly times: readonly TimeColumns[];
  /** Of every further run with the first. */
  readonly comparisons: readonly Comparison[];
}

export interface ColumnOptions {
  readonly config?: GateConfig;
  /** Every time, not only those of the first table. */
  readonly all?: boolean;
}

const keyOf = ({ place, metric }: LatencyResult): string => `${placeKey(place)} ${metric}`;

const timesOf = (all: readonly (readonly LatencyResult[])[]): readonly TimeColumns[] => {
  const byKey = all.map((rows) => new Map(rows.map((row) => [keyOf(row), row])));
  const known = new Map(all.flat().map((row) => [keyOf(row), row]));
  return [...known].map(([key, { place, metric, better }]) => ({
    place,
    metric,
    better,
    cells: byKey.map((rows) => rows.get(key) ?? null),
  }));
};

/** At least two runs, in the order given. */
export const columnsOf = (
  loaded: readonly LoadedRun[],
  { config = NO_CONFIG, all = false }: ColumnOptions = {},
): RunColumns => {
  const [first, ...others] = loaded;
  const latencies = ({ run, ...rest }: LoadedRun): readonly LatencyResult[] =>
    compareLatencies({ run, ...rest }, { baseline: run.plan.baseline, config, gates: false, all }).rows;
  return {
    runs: loaded.map(({ run }) => ({
      id: run.id,
      startedAt: run.startedAt,
      commit: run.cfsbench.commit,
      kernel: run.environment.kernel,
      status: run.status,
      baseline: run.plan.baseline,
    })),
    times: timesOf(loaded.map(latencies)),
    comparisons: others.map((other) => compareRuns(first!, other, { config, all })),
  };
};
