// What an interval says about an arm, around a zone within which a difference does not matter.
import { unreachable } from '../errors.ts';
import type { Metric } from '../schema/run.ts';
import type { Interval } from '../stats/interval.ts';

/**
 * `faster` is better in the metric's own direction, `slower` is worse: more images per second are `faster`. `belowFloor`: the
 * difference is shown to be too small to be a result, although the ratio is not shown to be that of equals.
 */
export type Verdict = 'faster' | 'slower' | 'same' | 'belowFloor' | 'undecided' | 'tooFew';

/** What differs first. */
export const VERDICTS: readonly Verdict[] = ['slower', 'faster', 'undecided', 'tooFew', 'belowFloor', 'same'];

/** Relative half-width of the zone, for runs on machines that are shared. */
export const DEFAULT_DELTA = 0.05;
/** No difference below this is a result, whatever the ratio says. */
export const FLOOR_NS = 20_000;
/** The floor of repeated operations, in calls that do nothing. */
export const EMPTY_CALLS_IN_FLOOR = 2;

export interface RatioRange {
  readonly lo: number;
  readonly hi: number;
}

/** A ratio beyond it is a result. */
export interface Zone extends RatioRange {
  /** Ratios inside are those of equals: the relative zone alone, whatever the floor. */
  readonly same: RatioRange;
  /** Ratios inside are differences below the floor. */
  readonly below: RatioRange;
}

const isWithin = (ratio: RatioRange, { lo, hi }: RatioRange): boolean => ratio.lo >= lo && ratio.hi <= hi;

/** The wider of the relative zone and of what `floor`, in the metric's unit, makes of the baseline's value. */
export const zoneOf = (delta: number, floor: number, baseline: number): Zone => {
  const share = baseline > 0 ? floor / baseline : Number.POSITIVE_INFINITY;
  const same = { lo: 1 / (1 + delta), hi: 1 + delta };
  const wider = { lo: Math.max(0, Math.min(same.lo, 1 - share)), hi: Math.max(same.hi, 1 + share) };
  return { ...wider, same, below: wider };
};

const direction = (above: boolean, better: Metric['better']): Verdict =>
  above === (better === 'lower') ? 'slower' : 'faster';

/**
 * `nullCenter` is the ratio of the baseline to itself: a result that is not larger is the machine's noise. Null where there
 * was no null arm.
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
