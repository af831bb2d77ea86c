// Resuming a run: the slots that are done, and the groups that stopped inside a block. Pure.
//
// A ratio needs both slots from one process, at most minutes apart. A group that stopped inside a block therefore gets one more
// block.
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { Dropped } from '../../results/schema/not-measured.ts';
import type { Sample, Slot } from '../../results/schema/run.ts';
import { countingSlots, type Group, groupKey, keyOf, lastOf, timingSlots } from './plan.ts';

/** Results of the earlier processes of a run. */
export interface Before {
  /** 0 for a new run. */
  readonly session: number;
  readonly samples: readonly Sample[];
  /** Slots of the recorded plan; none when the process ended before it had one. */
  readonly slots: readonly Slot[];
  /** Of the recorded plan; null before its timed part was planned. */
  readonly lives: number | null;
  /** Parts that there was no time for. */
  readonly dropped: readonly Dropped[];
}

export const NOTHING_BEFORE: Before = { session: 0, samples: [], slots: [], lives: null, dropped: [] };

/** Keys of groups that ended before their first slot: a resumed run neither prepares nor measures them. */
export const endedUnmeasured = ({ slots, dropped }: Before): ReadonlySet<string> => {
  if (slots.length === 0) return new Set();
  const planned = new Set(slots.map(groupKey));
  const keys = dropped.flatMap((part) => (part.kind === 'group' ? [groupKey(part)] : []));
  return new Set(keys.filter((key) => !planned.has(key)));
};

/** Until the timed part is planned, the budget rule decides again which of the groups with slots end. */
export const droppedBefore = (before: Before): readonly Dropped[] => {
  if (before.slots.some(({ pass }) => pass === 'time')) return before.dropped;
  const ended = endedUnmeasured(before);
  return before.dropped.filter((part) => part.kind === 'group' && ended.has(groupKey(part)));
};

/** A slot that an earlier session has finished. */
type IsDone = (slot: Slot) => boolean;

export const isDoneIn = ({ samples }: Pick<Before, 'samples'>): IsDone => {
  const done = new Set(samples.map(({ seq }) => seq));
  return ({ seq }) => done.has(seq);
};

/** The counting slots of the plan: `slots` of this session, and those with samples, whose arm or group may be lost by now. */
export const countedSlots = (before: Before, slots: readonly Slot[]): readonly Slot[] => {
  const counted = before.slots.filter(({ pass }) => pass === 'count').filter(isDoneIn(before));
  const bySeq = new Map([...counted, ...slots].map((slot) => [slot.seq, slot]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
};

const placeOf = (slot: Slot): string => `${slot.block} ${groupKey(slot)}`;

export interface Torn {
  /** Keys of groups with a block that was begun and not finished, one key per such block. */
  readonly groups: readonly string[];
  /** Numbers of the slots that these blocks lack. One more block takes their place. */
  readonly lacking: ReadonlySet<number>;
}

export const tornIn = (slots: readonly Slot[], isDone: IsDone): Torn => {
  const places = new Map<string, { readonly group: string; doneCount: number; readonly lacking: number[] }>();
  for (const slot of slots) {
    if (slot.pass !== 'time') continue;
    const place = places.get(placeOf(slot)) ?? { group: groupKey(slot), doneCount: 0, lacking: [] };
    if (isDone(slot)) place.doneCount++;
    else place.lacking.push(slot.seq);
    places.set(placeOf(slot), place);
  }
  const torn = [...places.values()].filter(({ doneCount, lacking }) => doneCount > 0 && lacking.length > 0);
  return {
    groups: torn.map(({ group }) => group),
    lacking: new Set(torn.flatMap(({ lacking }) => lacking)),
  };
};

/** By group: the complete blocks before the first unfinished one. */
export const completeBlocks = (slots: readonly Slot[], isDone: IsDone): ((group: Group) => number) => {
  const counts = new Map<string, { unfinished: number; all: number }>();
  for (const slot of slots) {
    const known = counts.get(groupKey(slot)) ?? { unfinished: Number.POSITIVE_INFINITY, all: 0 };
    counts.set(groupKey(slot), {
      unfinished: isDone(slot) ? known.unfinished : Math.min(known.unfinished, slot.block),
      all: Math.max(known.all, slot.block + 1),
    });
  }
  return (group) => {
    const { unfinished = 0, all = 0 } = counts.get(keyOf(group)) ?? {};
    return Math.min(unfinished, all);
  };
};

export interface Extra {
  readonly baseline: string;
  readonly seed: string;
  readonly session: number;
  /** The recorded plan. */
  readonly slots: readonly Slot[];
}

/** One more block for every torn group, numbered after the last slot and block of the plan. */
export const extraSlots = (
  groups: readonly Group[],
  torn: readonly string[],
  { baseline, seed, session, slots }: Extra,
): readonly Slot[] => {
  const timed = slots.filter((slot) => slot.pass === 'time');
  const firstSeq = 1 + lastOf(slots, 'seq');
  const firstBlock = 1 + lastOf(timed, 'block');
  const extra: Slot[] = [];
  torn.forEach((key, i) => {
    const of = groups.filter((group) => keyOf(group) === key);
    extra.push(
      ...timingSlots(of, {
        blocks: 1,
        baseline,
        seed: `${seed} again ${session} ${i}`,
        firstSeq: firstSeq + extra.length,
        firstBlock: firstBlock + i,
      }),
    );
  });
  return extra;
};

const placeOfArm = (key: string, arm: string): string => `${key} ${arm}`;

const placesOf = (slots: readonly Slot[], baseline: string): ReadonlySet<string> =>
  new Set(slots.map((slot) => placeOfArm(groupKey(slot), slot.arm === NULL_ARM ? baseline : slot.arm)));

/**
 * Until the timed part is planned, a group without counting slots is not in the plan. An arm then counts as lost on an image if none of
 * its counting slots there is in the plan.
 */
const notLost = (
  groups: readonly Group[],
  recorded: readonly Slot[],
): ((image: string, arm: string) => boolean) => {
  const pairOf = ({ arm, image }: Slot): string => placeOfArm(image, arm);
  const has = new Set(recorded.map(pairOf));
  const lost = new Set(
    countingSlots(groups, 1)
      .map(pairOf)
      .filter((pair) => !has.has(pair)),
  );
  return (image, arm) => !lost.has(placeOfArm(image, arm));
};

/**
 * The groups of the recorded plan: without arms that were lost before it was made, and without groups that had no time. All groups if
 * nothing is recorded.
 */
export const asRecorded = (
  groups: readonly Group[],
  recorded: readonly Slot[],
  baseline: string,
): readonly Group[] => {
  if (recorded.length === 0) return groups;
  const has = placesOf(recorded, baseline);
  const isTimed = recorded.some(({ pass }) => pass === 'time');
  const counted = placesOf(countingSlots(groups, 1), baseline);
  const isThere = notLost(groups, recorded);
  const isPlanned = (group: Group, arm: string): boolean => {
    const place = placeOfArm(keyOf(group), arm);
    return isTimed || counted.has(place) ? has.has(place) : isThere(group.image, arm);
  };
  return groups
    .map((group) => ({ ...group, arms: group.arms.filter(({ id }) => isPlanned(group, id)) }))
    .filter(({ arms }) => arms.length > 0);
};

/** The recorded slots of arms that can be measured now: a proof may fail in one session and not in another. */
export const ofGroups = (
  slots: readonly Slot[],
  groups: readonly Group[],
  baseline: string,
): readonly Slot[] => {
  const places = new Set(groups.flatMap((group) => group.arms.map(({ id }) => placeOfArm(keyOf(group), id))));
  return slots.filter((slot) =>
    places.has(placeOfArm(groupKey(slot), slot.arm === NULL_ARM ? baseline : slot.arm)),
  );
};

/** Numbers depend on the arms that could be measured when the plan was made. */
const withoutNumbers = (slots: readonly Slot[]): ReadonlySet<string> =>
  new Set(slots.map((slot) => JSON.stringify({ ...slot, seq: 0, order: 0 })));

/** True if every recorded slot would be planned now, and with `all` no other one. */
export const samePlan = (recorded: readonly Slot[], planned: readonly Slot[], all: boolean): boolean => {
  const [before, now] = [withoutNumbers(recorded), withoutNumbers(planned)];
  return (!all || before.size === now.size) && [...before].every((slot) => now.has(slot));
};
