// Which operations of the neighbour belong to which windows, and their durations. No operation belongs to both kinds.
import { median } from '../../results/stats/median.ts';
import { quantileBound } from '../../results/stats/quantile.ts';

const CONFIDENCE = 0.95;

export type WindowTimes = readonly [fromNs: number, toNs: number];

export interface NeighbourWindows {
  readonly alone: readonly WindowTimes[];
  readonly during: readonly WindowTimes[];
}

type Belongs = (operation: WindowTimes, window: WindowTimes) => boolean;

/** Else the removal that it reaches into, or its write-back, may have delayed it. */
const isInside: Belongs = ([from, to], [first, last]) => from >= first && to <= last;
const hasBegun: Belongs = ([from], [first, last]) => from >= first && from < last;

const upperBound = (values: readonly number[], p: number): number | null => {
  const bound = quantileBound(values, p, CONFIDENCE);
  return bound.kind === 'bound' ? bound.value : null;
};

const figures = (operations: readonly WindowTimes[], windows: readonly WindowTimes[], belongs: Belongs) => {
  const durationsNs = operations
    .filter((operation) => windows.some((window) => belongs(operation, window)))
    .map(([fromNs, toNs]) => toNs - fromNs);
  return {
    count: durationsNs.length,
    medianNs: median(durationsNs),
    p90Ns: upperBound(durationsNs, 0.9),
    p99Ns: upperBound(durationsNs, 0.99),
    worstNs: durationsNs.length === 0 ? null : durationsNs.reduce((a, b) => Math.max(a, b)),
  };
};

/** Alone: operations that lie wholly inside. During: those that began inside. A percentile that needs more operations is null. */
export const neighbourFigures = (
  operations: readonly WindowTimes[],
  { alone, during }: NeighbourWindows,
) => ({
  alone: figures(operations, alone, isInside),
  during: figures(operations, during, hasBegun),
});
