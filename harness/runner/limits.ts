// Time limits, never more than the rest of the budget. Of a slot: a multiple of the longest slot of its kind so far. Of a proof, and
// of the first slot of a kind: they follow the size of the image.
import type { Sample, Slot } from '../../results/schema/run.ts';
import type { ImageSize } from '../model/scenario.ts';
import { patience } from '../sys/guest.ts';
import type { Deadline } from './clock.ts';
import { groupKey } from './plan.ts';

/** Limit of the first slot of a kind, and of a command of a proof, for an empty image. */
const UNSEEN_NS = 600e9 * patience;
/** Limit of a walk that compares the mount of an empty image with its description. */
const WALK_NS = 60e9 * patience;
/**
 * What an image adds to these limits: 200 entries and 20 MB per second. Walks of a million entries took 150 us of CPU time for each over
 * FUSE, server included, and 160 us on EROFS; at low priority beside 17 times as much work as two CPUs can do 1,300 and 490 entries were
 * compared per second.
 */
const ENTRY_NS = 5e6 * patience;
const BYTE_NS = 50 * patience;
/** Lower bound of every limit: a shared machine may stall for seconds. */
const LEAST_NS = 30e9 * patience;
const MULTIPLE = 20;

/** A limit that ends with the budget. */
export const withinBudget = (limitNs: number, { leftNs }: Pick<Deadline, 'leftNs'>): number =>
  Math.min(limitNs, Math.max(LEAST_NS, leftNs()));

/** `objectBytes`: contents that are read. */
type WalkedSize = Pick<ImageSize, 'entryCount' | 'objectBytes'>;

const addedBy = ({ entryCount, objectBytes }: WalkedSize): number =>
  entryCount * ENTRY_NS + objectBytes * BYTE_NS;

/** Of the walk that compares a mount of the image with its description. */
export const walkLimitNs = (size: WalkedSize): number => WALK_NS + addedBy(size);

/** Of the first slot of a kind, and of each command of a proof. */
export const unseenLimitNs = (size: WalkedSize): number => UNSEEN_NS + addedBy(size);

export interface Limits {
  saw(sample: Sample): void;
  /** Nanoseconds for the whole slot. `cycles`: lives in it; a counting slot has one. */
  of(slot: Slot, cycles: number): number;
}

/** Counting and timing slots of one group and backend are one kind; the null arm belongs to the baseline. */
const kindOf = (slot: Slot): string => `${groupKey(slot)} ${slot.backend}`;

/** `sizes`: of the images of the run, by name. */
export const openLimits = (
  deadline: Pick<Deadline, 'leftNs'>,
  sizes: ReadonlyMap<string, WalkedSize>,
): Limits => {
  const longest = new Map<string, number>();
  const isTimed = new Set<string>();
  return {
    saw(sample) {
      if (sample.outcome !== 'ok') return;
      const kind = kindOf(sample);
      longest.set(kind, Math.max(longest.get(kind) ?? 0, sample.slotNs));
      if (sample.pass === 'time') isTimed.add(kind);
    },
    of(slot, cycles) {
      const kind = kindOf(slot);
      const known = longest.get(kind);
      // Until one was timed, each life may take as long as that of a counting slot.
      const seen = known === undefined || isTimed.has(kind) ? known : known * cycles;
      const limitNs =
        seen === undefined ? unseenLimitNs(sizes.get(slot.image)!) : Math.max(LEAST_NS, MULTIPLE * seen);
      return withinBudget(limitNs, deadline);
    },
  };
};
