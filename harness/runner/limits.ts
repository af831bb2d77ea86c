// Time limit of a slot: a multiple of the longest slot of its kind so far, and never more than the rest of the budget.
import type { Sample, Slot } from '../../results/schema/run.ts';
import { patience } from '../sys/guest.ts';
import type { Deadline } from './clock.ts';
import { groupKey } from './plan.ts';

/** Limit of the first slot of a kind. */
const UNSEEN_NS = 600e9 * patience;
/** Lower bound of every limit: a shared machine may stall for seconds. */
const LEAST_NS = 30e9 * patience;
const MULTIPLE = 20;

/** A limit that ends with the budget. */
export const withinBudget = (limitNs: number, { leftNs }: Pick<Deadline, 'leftNs'>): number =>
  Math.min(limitNs, Math.max(LEAST_NS, leftNs()));

export interface Limits {
  saw(sample: Sample): void;
  /** Nanoseconds for the whole slot. */
  of(slot: Slot): number;
}

/** Counting and timing slots of one group and backend are one kind; the null arm belongs to the baseline. */
const kindOf = (slot: Slot): string => `${groupKey(slot)} ${slot.backend}`;

export const openLimits = (deadline: Pick<Deadline, 'leftNs'>): Limits => {
  const longest = new Map<string, number>();
  return {
    saw(sample) {
      if (sample.outcome !== 'ok') return;
      const kind = kindOf(sample);
      longest.set(kind, Math.max(longest.get(kind) ?? 0, sample.slotNs));
    },
    of(slot) {
      const seen = longest.get(kindOf(slot));
      const limitNs = seen === undefined ? UNSEEN_NS : Math.max(LEAST_NS, MULTIPLE * seen);
      return withinBudget(limitNs, deadline);
    },
  };
};
