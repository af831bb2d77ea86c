// How long a slot may take before what runs in it is ended: a multiple of the longest that was seen of its kind.
import type { Sample, Slot } from '../../results/schema/run.ts';
import { groupKey } from './plan.ts';

/** Before anything of a kind was seen. */
const UNSEEN_NS = 600e9;
/** No slot is ended before this, however short its like were: a shared machine may stand still for seconds. */
const LEAST_NS = 30e9;
const MULTIPLE = 20;

export interface Limits {
  saw(sample: Sample): void;
  /** Nanoseconds for the whole slot. */
  of(slot: Slot): number;
}

/** Counting and timing slots of one group and backend are of one kind: the null arm is the baseline. */
const kindOf = (slot: Slot): string => `${groupKey(slot)} ${slot.backend}`;

export const openLimits = (): Limits => {
  const longest = new Map<string, number>();
  return {
    saw(sample) {
      if (sample.outcome !== 'ok') return;
      const kind = kindOf(sample);
      longest.set(kind, Math.max(longest.get(kind) ?? 0, sample.slotNs));
    },
    of(slot) {
      const seen = longest.get(kindOf(slot));
      return seen === undefined ? UNSEEN_NS : Math.max(LEAST_NS, MULTIPLE * seen);
    },
  };
};
