// One row: a metric of one group, every arm against the baseline.
import { isNoMeasurement } from '../emulated.ts';
import type { PlannedGroup } from '../schema/not-measured.ts';
import type { Metric } from '../schema/run.ts';
import { detectableAbove, detectableBelow, POWER } from '../stats/detectable.ts';
import type { Interval } from '../stats/interval.ts';
import { type ByBlock, logRatios, logRatiosByBlock, numbersOf } from '../stats/log-ratio.ts';
import { CONFIDENCE, LOOK_CONFIDENCE, median } from '../stats/median.ts';
import { centerOver, levelOver, ratioOver } from '../stats/over-blocks.ts';
import { isPooled } from '../stats/pooled-blocks.ts';
import { studentBound } from '../stats/student.ts';
import { isLadderRate, lowerMedian } from './ladder.ts';
import { metricInfo } from './metric-info.ts';
import { COMMAND_START, type Design, isIdle, NULL_ARM } from './phase-of.ts';
import type { GroupData } from './tally.ts';
import {
  DEFAULT_DELTA,
  EMPTY_CALLS_IN_FLOOR,
  FLOOR_NS,
  judge,
  type Verdict,
  type Zone,
  zoneOf,
} from './verdict.ts';

export interface Cell {
  readonly arm: string;
  readonly median: number;
  readonly medianInterval: Interval;
  readonly n: number;
  /** The arm does nothing in this phase; its time is overhead. */
  readonly idle: boolean;
  /**
   * Null for the baseline, for a row without a baseline value, if the arm or the baseline is idle, if one of the values is zero, for
   * metrics that are not judged, for times that are no measurements, and for the start of a null command.
   */
  readonly versus: Versus | null;
}

/** An arm against the baseline. */
export interface Versus {
  readonly ratio: Interval;
  readonly verdict: Verdict;
  readonly zone: Zone;
  /** In the metric's unit; 0: no floor. */
  readonly floor: number;
  /** Smallest slowdown, as a ratio above 1, that about three of four such runs would show. */
  readonly detectable: number | null;
  readonly pairs: number;
  /** By block; computed on each read, since the log-ratios of all rows are as large as the journal. */
  readonly logs: ByBlock;
}

export interface Row {
  readonly group: PlannedGroup;
  readonly metric: string;
  readonly info: Metric;
  readonly cells: readonly Cell[];
}

const isTime = (metric: string): boolean => metric.endsWith('Ns');

/** The metric of scenarios that repeat an operation thousands of times within one slot. */
const EMPTY_CALL = 'emptyCallNs';

/** Null if the group's times are single windows. */
const emptyCallOf = (data: GroupData): number | null => {
  const arms = data.time.get(EMPTY_CALL);
  return arms === undefined ? null : median([...arms.values()].flatMap((byBlock) => [...numbersOf(byBlock)]));
};

/** In the metric's unit; for a repeated call twice the time of an empty call. */
const floorOf = (metric: string, emptyCallNs: number | null): number => {
  if (!isTime(metric)) return 0;
  return emptyCallNs === null ? FLOOR_NS : EMPTY_CALLS_IN_FLOOR * emptyCallNs;
};

/** The smallest detectable slowdown, as a ratio above 1. */
const detectableRatio = (logs: ArrayLike<number>, zone: Zone, better: Metric['better']): number | null => {
  const confidence = LOOK_CONFIDENCE;
  const log =
    better === 'lower'
      ? detectableAbove(logs, { bound: Math.log(zone.hi), confidence })
      : detectableBelow(logs, { bound: Math.log(zone.lo), confidence });
  return log === null || !Number.isFinite(log) ? null : Math.exp(Math.abs(log));
};

/** The same over runs, or machines: the zone's bound plus the standard errors that nine of ten repetitions need. */
const detectableOverRuns = (ratio: Interval, zone: Zone, better: Metric['better']): number | null => {
  if (ratio.kind === 'tooFew') return null;
  const df = ((ratio.machines ?? ratio.runs)?.count ?? 2) - 1;
  const [bound, half] =
    better === 'lower'
      ? [Math.log(zone.hi), Math.log(ratio.center / ratio.lo)]
      : [-Math.log(zone.lo), Math.log(ratio.hi / ratio.center)];
  const more = studentBound(df, 2 * POWER - 1) / studentBound(df, LOOK_CONFIDENCE);
  const log = bound + half * (1 + more);
  return Number.isFinite(log) ? Math.exp(log) : null;
};

interface Against {
  readonly baseline: ByBlock;
  readonly baselineMedian: number;
  readonly better: Metric['better'];
  readonly floor: number;
  readonly delta: number;
  readonly nullCenter: number | null;
}

const versus = (arm: ByBlock, against: Against): Versus => {
  const logs = logRatios(arm, against.baseline);
  const ratio = ratioOver(arm, against.baseline, LOOK_CONFIDENCE);
  const zone = zoneOf(against.delta, against.floor, against.baselineMedian);
  return {
    ratio,
    zone,
    floor: against.floor,
    pairs: logs.length,
    verdict: judge(ratio, zone, against.better, against.nullCenter),
    detectable: isPooled(arm)
      ? detectableOverRuns(ratio, zone, against.better)
      : detectableRatio(logs, zone, against.better),
    get logs() {
      return logRatiosByBlock(arm, against.baseline);
    },
  };
};

/** A ratio needs two values above zero. Without the blocks that have a zero it would be the ratio of some blocks only. */
const hasZeros = (arm: ByBlock, baseline: ByBlock): boolean => {
  for (const [block, value] of arm) {
    const base = baseline.get(block);
    if (base !== undefined && (value <= 0 || base <= 0)) return true;
  }
  return false;
};

/** The printed ratio of the null arm; of too few blocks their median. */
const nullCenterOf = (values: ByBlock | undefined, baseline: ByBlock): number | null => {
  if (values === undefined) return null;
  const ratio = ratioOver(values, baseline, LOOK_CONFIDENCE);
  if (ratio.kind === 'interval') return ratio.center;
  const logs = median(logRatios(values, baseline));
  return logs === null ? null : Math.exp(logs);
};

const baselineOf = (arms: ReadonlyMap<string, ByBlock>, design: Design) => {
  const values = arms.get(design.baseline);
  const center = values === undefined ? null : median(numbersOf(values));
  return values === undefined || center === null ? null : { values, center };
};

/** Null if no arm has a value of this metric in the timing pass. */
export const rowOf = (data: GroupData, metric: string, design: Design): Row | null => {
  const arms = data.time.get(metric);
  if (arms === undefined) return null;
  const info = metricInfo(design.catalogue, data.group.scenario, metric);
  const baseline = baselineOf(arms, design);
  const emptyCall = emptyCallOf(data);
  const nullCenter = baseline === null ? null : nullCenterOf(arms.get(NULL_ARM), baseline.values);
  const isJudged =
    info.judged !== false &&
    metric !== COMMAND_START &&
    !isNoMeasurement(metric, design.timesMeasured ?? true);
  const baselineIdle = isIdle(data, metric, design.baseline, design);

  const compare = (arm: string, values: ByBlock): Versus | null =>
    baseline === null || hasZeros(values, baseline.values)
      ? null
      : versus(values, {
          baseline: baseline.values,
          baselineMedian: baseline.center,
          better: info.better,
          floor: floorOf(metric, emptyCall),
          delta: design.delta ?? DEFAULT_DELTA,
          nullCenter: arm === NULL_ARM ? null : nullCenter,
        });

  const cells = [...arms].map(([arm, byBlock]): Cell => {
    const interval = levelOver(byBlock, CONFIDENCE);
    const idle = isIdle(data, metric, arm, design);
    return {
      arm,
      idle,
      median:
        isLadderRate(metric) && byBlock.size > 0 && lowerMedian(byBlock) <= 0
          ? 0
          : centerOver(byBlock, interval)!,
      medianInterval: interval,
      n: byBlock.size,
      versus: arm === design.baseline || idle || baselineIdle || !isJudged ? null : compare(arm, byBlock),
    };
  });
  return { group: data.group, metric, info, cells };
};
