// Resuming a run: the slots that are done, and the groups that stopped inside a block. Pure.
//
// A ratio needs both slots from one process, at most minutes apart. A group that stopped inside a block therefore gets one more
// block.
import type { Dropped, Sample, Slot } from '../../results/schema/run.ts';
import { type Group, groupKey, keyOf, timingSlots } from './plan.ts';

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

const placeOf = (slot: Slot): string => `${slot.block} ${groupKey(slot)}`;

/** Keys of groups with an unfinished block, one key per such block. */
export const tornGroups = (slots: readonly Slot[], samples: readonly Sample[]): readonly string[] => {
  const done = new Set(samples.map(({ seq }) => seq));
  const blocks = new Map<string, { readonly group: string; doneCount: number; allCount: number }>();
  for (const slot of slots) {
    if (slot.pass !== 'time') continue;
    const place = blocks.get(placeOf(slot)) ?? { group: groupKey(slot), doneCount: 0, allCount: 0 };
    place.allCount++;
    if (done.has(slot.seq)) place.doneCount++;
    blocks.set(placeOf(slot), place);
  }
  return [...blocks.values()]
    .filter(({ doneCount, allCount }) => doneCount > 0 && doneCount < allCount)
    .map(({ group }) => group);
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
  const firstSeq = 1 + Math.max(-1, ...slots.map(({ seq }) => seq));
  const firstBlock = 1 + Math.max(-1, ...timed.map(({ block }) => block));
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

/** True if the recorded counting slots equal those that would be planned now. */
export const samePlan = (recorded: readonly Slot[], planned: readonly Slot[]): boolean =>
  JSON.stringify(recorded) === JSON.stringify(planned);

/** True if every recorded slot would be planned now under the same number. */
export const partOfPlan = (recorded: readonly Slot[], planned: readonly Slot[]): boolean => {
  const bySeq = new Map(planned.map((slot) => [slot.seq, slot]));
  return recorded.every((slot) => JSON.stringify(slot) === JSON.stringify(bySeq.get(slot.seq)));
};
