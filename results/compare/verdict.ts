// The verdict of a ratio's interval, given the zone in which a difference does not matter.
import { unreachable } from '../errors.ts';
import type { Metric } from '../schema/run.ts';
import type { Interval } from '../stats/interval.ts';

/**
 * `faster` is better in the metric's direction, `slower` is worse: more images per second are `faster`. `belowFloor`: the difference
 * is shown to be below the floor, but the ratio is not shown to be within the zone of equality.
 */
export type Verdict = 'faster' | 'slower' | 'same' | 'belowFloor' | 'undecided' | 'tooFew';

/** Differences first. */
export const VERDICTS: readonly Verdict[] = ['slower', 'faster', 'undecided', 'tooFew', 'belowFloor', 'same'];

/** Relative half-width of the zone, chosen for shared machines. */
export const DEFAULT_DELTA = 0.05;
/** No smaller difference is a result. */
export const FLOOR_NS = 20_000;
/** The floor of repeated operations, in calls that do nothing. */
export const EMPTY_CALLS_IN_FLOOR = 2;

interface RatioRange {
  readonly lo: number;
  readonly hi: number;
}

/** A ratio outside it is a result. */
export interface Zone extends RatioRange {
  /** Ratios inside are equal: the relative zone, without the floor. */
  readonly same: RatioRange;
  /** Ratios inside are differences below the floor. */
  readonly below: RatioRange;
}

const isWithin = (ratio: RatioRange, { lo, hi }: RatioRange): boolean => ratio.lo >= lo && ratio.hi <= hi;

/** The wider of the relative zone and the zone of `floor`, in the metric's unit, around the baseline's value. */
export const zoneOf = (delta: number, floor: number, baseline: number): Zone => {
  const share = baseline > 0 ? floor / baseline : Number.POSITIVE_INFINITY;
  const same = { lo: 1 / (1 + delta), hi: 1 + delta };
  const wider = { lo: Math.max(0, Math.min(same.lo, 1 - share)), hi: Math.max(same.hi, 1 + share) };
  return { ...wider, same, below: wider };
};

const direction = (above: boolean, better: Metric['better']): Verdict =>
  above === (better === 'lower') ? 'slower' : 'faster';

/**
 * `nullCenter` is the ratio of the baseline to itself; a ratio that is not farther from 1 is noise. Null without a null arm.
 */
export const judge = (
  ratio: Interval,
  zone: Zone,
  better: Metric['better'],
  nullCenter: number | null,
): Verdict => {
  switch (ratio.kind) {
    case 'tooFew':
      return 'tooFew';
    case 'interval': {
      if (isWithin(ratio, zone.same)) return 'same';
      if (isWithin(ratio, zone.below)) return 'belowFloor';
      const above = ratio.lo > zone.hi;
      if (!above && ratio.hi >= zone.lo) return 'undecided';
      const noise = nullCenter === null ? 0 : Math.abs(Math.log(nullCenter));
      return Math.abs(Math.log(ratio.center)) > noise ? direction(above, better) : 'undecided';
    }
    default:
      return unreachable(ratio);
  }
};
