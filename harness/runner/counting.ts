// Counting passes, as many as were asked for or as the budget has room for: once everything was counted once it is known what it
// costs, and what has no room is left out before it is counted again.
import type { Sample, Slot } from '../../results/schema/run.ts';
import { droppedFrom } from '../../results/upgrade.ts';
import { UserError } from '../model/errors.ts';
import { measuredCosts } from './cost.ts';
import type { Executor, Stop } from './execute.ts';
import { type Costed, fitBudget, keptGroups } from './fit.ts';
import type { RunParts } from './parts.ts';
import { countingSlots, type Group, groupKey, keyOf } from './plan.ts';
import { partOfPlan, samePlan } from './resume.ts';

/** So many passes show whether a count is the same each time: what has no room for them is left out. */
export const LEAST_PASSES = 3;

/** First slots of a kind are slower than later ones: so much more than there is room for may be wanted until the last fit. */
const FIRST_SLOTS = 1.5;

export interface Further {
  /** What is counted again; empty: nothing is. */
  readonly groups: readonly Group[];
  readonly dropped: readonly string[];
}

export interface Counting {
  readonly passesDone: number;
  readonly passesAsked: number;
  /** Fewest timed blocks of what is left; 0 where nothing is timed. */
  readonly blocks: number;
  readonly availableNs: number;
  /** What a block takes, group by group. */
  readonly costs: readonly Costed[];
  /** What one pass took, by the group's key, nanoseconds. */
  readonly passNs: ReadonlyMap<string, number>;
}

/** What one more counting pass is made of. Pure. */
export const furtherPass = (groups: readonly Group[], counting: Counting): Further => {
  const { passesDone, passesAsked, blocks, availableNs, costs, passNs } = counting;
  if (passesDone >= passesAsked) return { groups: [], dropped: [] };
  const least = Math.min(LEAST_PASSES, passesAsked);
  const passesToCome = Math.max(1, least - passesDone);
  const roomNs = passesDone < least ? availableNs * FIRST_SLOTS : availableNs;
  const fit = fitBudget(
    costs.map((costed, i) => ({ ...costed, onceNs: passesToCome * (passNs.get(keyOf(groups[i]!)) ?? 0) })),
    blocks,
    roomNs,
    roomNs,
  );
  if (passesDone < least) return { groups: keptGroups(groups, fit), dropped: fit.dropped };
  return fit.dropped.length === 0 && fit.fits
    ? { groups, dropped: [] }
    : {
        groups: [],
        dropped: [
          `counting passes: ${passesDone} instead of ${passesAsked}, the budget has no room for more`,
        ],
      };
};

/** Nanoseconds of one pass, group by group: its arms' longest slots. */
const passTimes = (samples: readonly Sample[]): ReadonlyMap<string, number> => {
  const longest = new Map<string, Map<string, number>>();
  for (const sample of samples) {
    const key = groupKey(sample);
    const arms = longest.get(key) ?? new Map<string, number>();
    longest.set(key, arms.set(sample.arm, Math.max(arms.get(sample.arm) ?? 0, sample.slotNs)));
  }
  return new Map([...longest].map(([key, arms]) => [key, [...arms.values()].reduce((a, b) => a + b, 0)]));
};

export interface Counted {
  readonly stop: Stop;
  readonly samples: readonly Sample[];
  /** What was counted, of the plan. */
  readonly slots: readonly Slot[];
  /** Slots that were planned, those that were left out among them: timed ones are numbered from here. */
  readonly plannedCount: number;
  /** What is left to be timed. */
  readonly groups: readonly Group[];
  /** Also what was left out before. */
  readonly dropped: readonly string[];
}

export interface CountParts {
  readonly executor: Executor;
  readonly groups: readonly Group[];
  /** What was left out before. */
  readonly dropped: readonly string[];
  /** Before anything was measured. */
  readonly rough: readonly Costed[];
  /** By the group's key, nanoseconds of one slot. */
  readonly slotNs: ReadonlyMap<string, number>;
  /** What comes afterwards, nanoseconds. */
  readonly laterNs: number;
  /** Where on the progress line counting begins and ends, 0..1. */
  readonly share: readonly [from: number, to: number];
}

const checkRecorded = (recorded: readonly Slot[], planned: readonly Slot[], isOver: boolean): void => {
  if (isOver ? partOfPlan(recorded, planned) : recorded.length === 0 || samePlan(recorded, planned)) return;
  throw new UserError('the run cannot go on here: it would plan other slots than before', {
    exit: 4,
    facts: ['images, backends or what they can show have changed since it was begun'],
    hint: 'begin a new run: cfsbench run',
  });
};

export const countAll = async (
  parts: RunParts,
  { executor, groups, dropped: droppedBefore, rough, slotNs, laterNs, share }: CountParts,
): Promise<Counted> => {
  const planned = countingSlots(groups, parts.countPasses);
  const recorded = parts.before.slots.filter(({ pass }) => pass === 'count');
  const isOver = parts.before.slots.some(({ pass }) => pass === 'time');
  checkRecorded(recorded, planned, isOver);
  if (parts.before.slots.length === 0)
    parts.update({
      plan: {
        arms: parts.question.arms.map((arm) => arm.id),
        scenarios: parts.question.scenarios.map(({ id }) => id),
        images: [...new Set(groups.map(({ image }) => image))],
        dropped: droppedBefore.map(droppedFrom),
        slots: planned,
      },
    });
  const [from, to] = share;
  const run = (slots: readonly Slot[], of: readonly Group[], pass: number) => {
    const at = (number: number): number => from + ((to - from) * number) / parts.countPasses;
    const moreNs = planned
      .filter(({ block }) => block > pass)
      .reduce((sum, slot) => sum + (slotNs.get(groupKey(slot)) ?? 0), 0);
    return executor.run({
      slots,
      groups: of,
      costs: slotNs,
      lives: 1,
      laterNs: laterNs + moreNs,
      share: [at(pass), at(pass + 1)],
    });
  };
  const plannedCount = planned.length;
  if (isOver) {
    const { samples, stop } = await run(recorded, groups, 0);
    return { stop, samples, slots: recorded, plannedCount, groups, dropped: droppedBefore };
  }
  const costOf = new Map(groups.map((group, i) => [keyOf(group), rough[i]!]));
  const samples: Sample[] = [];
  const slots: Slot[] = [];
  const dropped = [...droppedBefore];
  let left = groups;
  let counted = groups;
  for (let pass = 0; pass < parts.countPasses && counted.length > 0; pass++) {
    const keys = new Set(counted.map(keyOf));
    const ofPass = planned.filter(({ block, ...slot }) => block === pass && keys.has(groupKey(slot)));
    const done = await run(ofPass, counted, pass);
    samples.push(...done.samples);
    slots.push(...ofPass);
    if (done.stop !== null) return { stop: done.stop, samples, slots, plannedCount, groups: left, dropped };
    const roughOf = left.map((group) => costOf.get(keyOf(group))!);
    const further = furtherPass(left, {
      passesDone: pass + 1,
      passesAsked: parts.countPasses,
      blocks: parts.countOnly ? 0 : parts.looks[0]!,
      availableNs: parts.deadline.leftNs(),
      costs: measuredCosts(left, samples, roughOf, { baseline: parts.baseline, lives: 1 }),
      passNs: passTimes(samples),
    });
    for (const line of further.dropped) parts.say(`left out: ${line}`);
    dropped.push(...further.dropped);
    counted = further.groups;
    if (counted.length > 0) left = counted;
  }
  return { stop: null, samples, slots, plannedCount, groups: left, dropped };
};
