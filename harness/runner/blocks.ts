// Timed blocks from look to look: between two looks nothing is judged, at a look groups with nothing left to decide end, and
// so does what the budget has no room for. Early on the plan is held against what blocks really take: what then has no room is left
// out, rather than that the run is cut off before everybody has the fewest blocks.

import type { Design } from '../../results/compare/phase-of.ts';
import type { Tally } from '../../results/compare/tally.ts';
import type { EndedGroup, Sample, Slot } from '../../results/schema/run.ts';
import { isGroupDecided } from './decided.ts';
import type { Executor, Stop } from './execute.ts';
import { type Costed, fitBudget, keptGroups } from './fit.ts';
import { type Group, groupKey, keyOf } from './plan.ts';

export interface BlocksParts {
  readonly executor: Executor;
  readonly tally: Tally;
  readonly design: Design;
  readonly groups: readonly Group[];
  readonly slots: readonly Slot[];
  /** Slots of a resumed run that stand outside of the looks: run first. */
  readonly extra: readonly Slot[];
  readonly looks: readonly number[];
  readonly endedBefore: readonly EndedGroup[];
  /** By the group's key, nanoseconds of one slot. */
  readonly costs: ReadonlyMap<string, number>;
  /** By the group's key: what is given up first. Null: nothing is, since an earlier process may have measured most of it. */
  readonly costed: ReadonlyMap<string, Costed> | null;
  readonly lives: number;
  readonly leftNs: () => number;
  /** After so many blocks, lines that say what has no room. */
  readonly onDropped: (lines: readonly string[], blocks: number) => void;
  readonly share: readonly [from: number, to: number];
  readonly onEnded: (ended: readonly EndedGroup[]) => void;
}

const asEnded = (group: Group, blocks: number, why: EndedGroup['why']): EndedGroup => ({
  scenario: group.scenario.id,
  params: group.params,
  image: group.image,
  blocks,
  why,
});

/** Of which groups one more stretch fits into what is left: the cheapest first, so that as many as can be are decided. */
export const fitting = (
  groups: readonly Group[],
  stretchNs: (group: Group) => number,
  leftNs: number,
): readonly Group[] => {
  const costs = groups.map((group) => ({ group, ns: stretchNs(group) })).sort((a, b) => a.ns - b.ns);
  const room = new Set<Group>();
  let neededNs = 0;
  for (const { group, ns } of costs) {
    neededNs += ns;
    if (neededNs > leftNs) break;
    room.add(group);
  }
  return groups.filter((group) => room.has(group));
};

/** So many blocks say what the others take. */
const TRIED_BLOCKS = 2;

/** By the group's key, nanoseconds of one slot, from blocks that were timed. */
const timedCosts = (samples: readonly Sample[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, { ns: number; count: number }>();
  for (const sample of samples) {
    const { ns, count } = sums.get(groupKey(sample)) ?? { ns: 0, count: 0 };
    sums.set(groupKey(sample), { ns: ns + sample.slotNs, count: count + 1 });
  }
  return new Map([...sums].map(([key, { ns, count }]) => [key, ns / count]));
};

/** What of `open` has room for so many more blocks, given what a slot of each takes. */
export const stillFitting = (
  open: readonly Group[],
  { blocks, leftNs, slotNs, costed }: StillFitting,
): { readonly groups: readonly Group[]; readonly dropped: readonly string[] } => {
  const costs = open.map((group) => ({
    ...costed.get(keyOf(group))!,
    onceNs: 0,
    blockNs: (slotNs.get(keyOf(group)) ?? 0) * (group.arms.length + 1),
  }));
  const fit = fitBudget(costs, blocks, leftNs, leftNs);
  return { groups: keptGroups(open, fit), dropped: fit.dropped };
};

export interface StillFitting {
  readonly blocks: number;
  readonly leftNs: number;
  readonly slotNs: ReadonlyMap<string, number>;
  readonly costed: ReadonlyMap<string, Costed>;
}

export const runBlocks = async (parts: BlocksParts): Promise<Stop> => {
  const { executor, groups, looks } = parts;
  let { costs } = parts;
  let ended = parts.endedBefore;
  const isOpen = (group: Group): boolean => !ended.some((end) => groupKey(end) === keyOf(group));
  const stretch = (from: number, to: number, open: readonly Group[]): Slot[] => {
    const keys = new Set(open.map(keyOf));
    return parts.slots.filter(
      ({ block, ...slot }) => block >= from && block < to && keys.has(groupKey(slot)),
    );
  };
  const stretchNs = (slots: readonly Slot[]): number =>
    slots.reduce((sum, slot) => sum + (costs.get(groupKey(slot)) ?? 0), 0);
  const most = looks.at(-1)!;
  const run = (slots: readonly Slot[], from: number, to: number) => {
    const at = (block: number): number => parts.share[0] + ((parts.share[1] - parts.share[0]) * block) / most;
    return executor.run({ slots, groups, costs, lives: parts.lives, laterNs: 0, share: [at(from), at(to)] });
  };

  const extra = await run(parts.extra, 0, 0);
  if (extra.stop !== null) return extra.stop;
  let from = Math.min(TRIED_BLOCKS, looks[0]!);
  const tried = await run(stretch(0, from, groups.filter(isOpen)), 0, from);
  if (tried.stop !== null) return tried.stop;
  costs = new Map([...costs, ...timedCosts(tried.samples)]);
  if (parts.costed !== null) {
    const begun = groups.filter(isOpen);
    const still = stillFitting(begun, {
      blocks: looks[0]! - from,
      leftNs: parts.leftNs(),
      slotNs: costs,
      costed: parts.costed,
    });
    if (still.dropped.length > 0) parts.onDropped(still.dropped, from);
    const givenUp = begun.filter((group) => !still.groups.includes(group));
    if (givenUp.length > 0) {
      ended = [...ended, ...givenUp.map((group) => asEnded(group, from, 'budget'))];
      parts.onEnded(ended);
    }
  }
  for (const [i, look] of looks.entries()) {
    // What an ended group had left of a block that was begun before it was known to end is never run.
    const open = groups.filter(isOpen);
    const { stop } = await run(stretch(from, look, open), from, look);
    if (stop !== null) return stop;
    const next = looks[i + 1];
    if (next === undefined) return null;
    const tallied = parts.tally.finish();
    const enough = open.filter(({ scenario }) => scenario.oneLook === true);
    const undecided = open.filter(
      (group) => !enough.includes(group) && !isGroupDecided(group, tallied, parts.design),
    );
    const why = (group: Group): EndedGroup['why'] => {
      if (enough.includes(group)) return 'enough';
      return undecided.includes(group) ? 'budget' : 'decided';
    };
    const room = fitting(undecided, (group) => stretchNs(stretch(look, next, [group])), parts.leftNs());
    const ends = open.filter((group) => !room.includes(group));
    if (ends.length > 0) {
      ended = [...ended, ...ends.map((group) => asEnded(group, look, why(group)))];
      parts.onEnded(ended);
    }
    from = look;
  }
  return null;
};
