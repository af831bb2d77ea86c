// Distributions of rows that differ: times for two arms of one run; for two runs ratios to the baseline of
// each run, which cancel what differs between the days.
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { RowPlace } from '../../results/gate/exact-rows.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import { type ByBlock, logRatios } from '../../results/stats/log-ratio.ts';
import { type Curve, curveOf } from '../analysis/curve.ts';

export type Side = 'base' | 'head' | 'null';

export interface SideCurve extends Curve {
  readonly side: Side;
}

export interface Curves {
  readonly place: RowPlace;
  readonly metric: string;
  readonly title: string;
  readonly of: 'values' | 'ratios';
  readonly curves: readonly SideCurve[];
}

const curveAt = (side: Side, values: ArrayLike<number>): SideCurve[] => {
  const curve = curveOf(values);
  return curve === null ? [] : [{ side, ...curve }];
};

const tableOf = ({ tallied }: LoadedRun, { place, metric }: LatencyResult): ReadonlyMap<string, ByBlock> =>
  tallied.groups
    .find(
      ({ group }: GroupData) =>
        group.scenario === place.scenario &&
        group.image === place.image &&
        paramsKey(group.params) === place.params,
    )
    ?.time.get(metric) ?? new Map();

const valuesOf = (arms: ReadonlyMap<string, ByBlock>, arm: string): readonly number[] => [
  ...(arms.get(arm)?.values() ?? []),
];

const ratiosOf = (loaded: LoadedRun, row: LatencyResult): ArrayLike<number> => {
  const arms = tableOf(loaded, row);
  const [arm, baseline] = [arms.get(row.place.arm), arms.get(loaded.run.plan.baseline)];
  return arm === undefined || baseline === undefined ? [] : logRatios(arm, baseline).map(Math.exp);
};

export interface ComparedRuns {
  readonly comparison: Comparison;
  /** Null: the base is an arm of the head's run. */
  readonly base: LoadedRun | null;
  readonly head: LoadedRun;
}

export const curvesOf = (row: LatencyResult, { base, head }: ComparedRuns): Curves => {
  const { place, metric, title } = row;
  if (base !== null)
    return {
      place,
      metric,
      title,
      of: 'ratios',
      curves: [...curveAt('base', ratiosOf(base, row)), ...curveAt('head', ratiosOf(head, row))],
    };
  const arms = tableOf(head, row);
  return {
    place,
    metric,
    title,
    of: 'values',
    curves: [
      ...curveAt('base', valuesOf(arms, head.run.plan.baseline)),
      ...curveAt('head', valuesOf(arms, place.arm)),
      ...curveAt('null', valuesOf(arms, NULL_ARM)),
    ],
  };
};
