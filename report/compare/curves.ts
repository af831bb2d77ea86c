// Distributions of rows that differ, one step per block: the times of two arms of one run, and of two runs the ratios to each
// run's own baseline, since a time of another day says as much of that day as of the program.
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { Place } from '../../results/gate/exact-rows.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { Loaded } from '../../results/gate/load.ts';
import { type ByBlock, logRatios } from '../../results/stats/log-ratio.ts';

export type Side = 'base' | 'head' | 'null';

export interface Curve {
  readonly side: Side;
  readonly n: number;
  /** Value and the share of the blocks that are not above it; from a share of 0 to one of 1. */
  readonly steps: readonly (readonly [value: number, share: number])[];
  readonly quantiles: readonly number[];
}

export interface Curves {
  readonly place: Place;
  readonly metric: string;
  readonly title: string;
  readonly of: 'values' | 'ratios';
  readonly curves: readonly Curve[];
}

/** Shares of the table beside a chart. */
export const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** More are drawn as so many that lie on the same curve. */
const MOST_STEPS = 200;

const atShare = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;

const curveOf = (side: Side, values: readonly number[]): Curve[] => {
  if (values.length === 0) return [];
  const sorted = [...values].sort((a, b) => a - b);
  const steps = Math.min(sorted.length, MOST_STEPS);
  return [
    {
      side,
      n: sorted.length,
      steps: [
        [sorted[0]!, 0],
        ...Array.from({ length: steps }, (_, i) => {
          const share = (i + 1) / steps;
          return [atShare(sorted, share), share] as const;
        }),
      ],
      quantiles: SHARES.map((share) => atShare(sorted, share)),
    },
  ];
};

const tableOf = ({ tallied }: Loaded, { place, metric }: LatencyResult): ReadonlyMap<string, ByBlock> =>
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

const ratiosOf = (loaded: Loaded, row: LatencyResult): readonly number[] => {
  const arms = tableOf(loaded, row);
  const [arm, baseline] = [arms.get(row.place.arm), arms.get(loaded.run.plan.baseline)];
  return arm === undefined || baseline === undefined ? [] : logRatios(arm, baseline).values.map(Math.exp);
};

export interface Sides {
  readonly comparison: Comparison;
  /** Null: the base is an arm of the head's run. */
  readonly base: Loaded | null;
  readonly head: Loaded;
}

export const curvesOf = (row: LatencyResult, { base, head }: Sides): Curves => {
  const { place, metric, title } = row;
  if (base !== null)
    return {
      place,
      metric,
      title,
      of: 'ratios',
      curves: [...curveOf('base', ratiosOf(base, row)), ...curveOf('head', ratiosOf(head, row))],
    };
  const arms = tableOf(head, row);
  return {
    place,
    metric,
    title,
    of: 'values',
    curves: [
      ...curveOf('base', valuesOf(arms, head.run.plan.baseline)),
      ...curveOf('head', valuesOf(arms, place.arm)),
      ...curveOf('null', valuesOf(arms, NULL_ARM)),
    ],
  };
};
