// The work in its order: images prepared, trees proved, calls counted, blocks timed.
//
// Every sample goes to the journal as soon as it exists; an interrupt or the end of the budget keeps all samples, and a
// run that was cut off anywhere can be resumed.
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { Proof, RunFile, Slot } from '../../results/schema/run.ts';
import type { Image } from '../model/image.ts';
import { runBlocks } from './blocks.ts';
import { asDropped, byRank, type Projector, pairKey } from './budget.ts';
import { type Counted, checkRecorded, countAll } from './counting.ts';
import { type DroppedList, firstLookOf, openDropped, sayEnough } from './dropped-list.ts';
import { type Executor, openExecutor, type Stop } from './execute.ts';
import { endingError } from './failure.ts';
import { groupsOf, type Question } from './groups.ts';
import type { RunParts } from './parts.ts';
import { countingSlots, type Group, groupKey, inPass, keyOf, lastOf, timingSlots } from './plan.ts';
import { type PreparedRun, prepareAll, reportProofs } from './prepare-all.ts';
import type { Ready } from './ready.ts';
import {
  asRecorded,
  completeBlocks,
  countedSlots,
  endedUnmeasured,
  extraSlots,
  isDoneIn,
  ofGroups,
  tornIn,
} from './resume.ts';

export interface Ended {
  readonly status: Exclude<RunFile['status'], 'running'>;
  readonly okCount: number;
  readonly failedCount: number;
  readonly unequal: readonly Proof[];
  /** Why the run could not continue, such as a full disk; empty otherwise. */
  readonly errors: readonly unknown[];
}

/** Parts of the progress line. */
const READY_SHARE = 0.1;
const COUNTED_SHARE = 0.25;

const ofPass = (slots: readonly Slot[], pass: Slot['pass']): readonly Slot[] =>
  slots.filter((slot) => slot.pass === pass);

const timedOf = (groups: readonly Group[]): readonly Group[] =>
  groups.filter((group) => inPass(group, 'time'));

const needsInspector = (groups: readonly Group[]): boolean =>
  groups.some(({ scenario }) => scenario.inspects === true);

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** The question as far as images are ready. */
const readyQuestion = (question: Question, { images, ofRun }: Ready): Question => {
  const names = new Set(images.map(({ name }: Image) => name));
  return {
    ...question,
    images: ofRun,
    ownImages: new Map([...question.ownImages].filter(([, name]) => names.has(name))),
  };
};

/** The groups to measure, highest rank first. Refuses a recorded plan that would not be made now, even if all mounts were proved. */
const groupsToMeasure = (parts: RunParts, { ready, proofs }: PreparedRun): readonly Group[] => {
  const { question, before, baseline, countPasses } = parts;
  const planned = (shows?: (image: string, arm: string) => boolean): readonly Group[] =>
    asRecorded(groupsOf(readyQuestion(question, ready), shows), before.slots, baseline);
  const isOver = ofPass(before.slots, 'time').length > 0;
  checkRecorded(ofPass(before.slots, 'count'), countingSlots(planned(), countPasses), isOver);
  const shown = new Set(
    proofs.proofs.filter(({ equal }) => equal).map(({ arm, image }) => pairKey(arm, image)),
  );
  const ended = new Set([...ready.ended.map(({ group }) => keyOf(group)), ...endedUnmeasured(before)]);
  const groups = planned((image, arm) => shown.has(pairKey(arm, image)));
  return byRank(groups, question).filter((group) => !ended.has(keyOf(group)));
};

const countGroups = async (
  parts: RunParts,
  groups: readonly Group[],
  { executor, projector, dropped }: Measuring,
): Promise<Counted> => {
  const { before, baseline, countPasses, update } = parts;
  const recorded = ofGroups(ofPass(before.slots, 'count'), groups, baseline);
  const isOver = ofPass(before.slots, 'time').length > 0;
  const planned = before.slots.length === 0 ? countingSlots(groups, countPasses) : recorded;
  if (before.slots.length === 0)
    update({
      plan: {
        arms: parts.question.arms.map(({ id }) => id),
        scenarios: unique(groups.map(({ scenario }) => scenario.id)),
        images: unique(groups.map(({ image }) => image)),
        slots: planned,
      },
    });
  const counting = { executor, groups, projector, share: [READY_SHARE, COUNTED_SHARE] } as const;
  if (isOver) {
    const stop = await executor.run({
      slots: recorded,
      groups,
      lives: 1,
      laterNs: 0,
      share: counting.share,
    });
    return { stop, slots: recorded, groups, droppedPasses: null };
  }
  const counted = await countAll({
    ...counting,
    planned,
    isDone: isDoneIn(before),
    passesAsked: countPasses,
    blocks: firstLookOf(parts),
    leftNs: parts.deadline.leftNs,
    onEnded: (ended, passes) =>
      dropped.add(ended.map((one) => asDropped(one, { passes, blocks: 0 }, firstLookOf(parts)))),
  });
  if (counted.droppedPasses !== null) dropped.add([counted.droppedPasses]);
  return counted;
};

interface TimedPlan {
  readonly slots: readonly Slot[];
  /** Repeated blocks of a resumed run. */
  readonly extra: readonly Slot[];
  readonly groups: readonly Group[];
  readonly lives: number;
  /** Counting passes before it. */
  readonly passes: number;
}

const passesIn = (slots: readonly Slot[]): number =>
  unique(ofPass(slots, 'count').map(({ block }) => block)).length;

/** The timed part of the plan of a resumed run, as recorded; one more block for each torn one, whose lacking slots are left out. */
const recordedTiming = (parts: RunParts, groups: readonly Group[]): TimedPlan => {
  const { before, baseline, seed, looks } = parts;
  const all = ofGroups(ofPass(before.slots, 'time'), groups, baseline);
  const torn = tornIn(all, isDoneIn(before));
  const withoutLacking = (slots: readonly Slot[]): readonly Slot[] =>
    slots.filter(({ seq }) => !torn.lacking.has(seq));
  const recorded = withoutLacking(all);
  const keys = new Set(recorded.map(groupKey));
  const kept = groups.filter((group) => keys.has(keyOf(group)));
  const extra = extraSlots(kept, torn.groups, {
    baseline,
    seed,
    session: before.session,
    slots: before.slots,
  });
  if (extra.length > 0)
    parts.say(
      `${torn.groups.length} group${torn.groups.length === 1 ? '' : 's'} stopped inside a block: one more block each`,
    );
  parts.update({ plan: { slots: [...withoutLacking(before.slots), ...extra] } });
  const isPlanned = ({ block }: Slot): boolean => block < looks.at(-1)!;
  return {
    lives: before.lives ?? parts.lives,
    passes: passesIn(before.slots),
    groups: timedOf(kept),
    extra: [...recorded.filter((slot) => !isPlanned(slot)), ...extra],
    slots: recorded.filter(isPlanned),
  };
};

const planTiming = (parts: RunParts, question: Question, counted: Counted, firstSeq: number): TimedPlan => {
  const { before, baseline, seed, looks, lives, update } = parts;
  const { groups } = counted;
  const shown = new Set(groups.flatMap((group) => group.arms.map(({ id }) => `${keyOf(group)} ${id}`)));
  const slots = timingSlots(byRank(groupsOf(question), question), {
    blocks: looks.at(-1)!,
    baseline,
    seed,
    firstSeq,
    keeps: (slot) => shown.has(`${groupKey(slot)} ${slot.arm === NULL_ARM ? baseline : slot.arm}`),
  });
  update({
    plan: {
      scenarios: unique(groups.map(({ scenario }) => scenario.id)),
      images: unique(groups.map(({ image }) => image)),
      lives,
      slots: [...countedSlots(before, counted.slots), ...slots],
    },
  });
  return { slots, extra: [], groups: timedOf(groups), lives, passes: passesIn(counted.slots) };
};

interface Measuring {
  readonly executor: Executor;
  readonly projector: Projector;
  readonly dropped: DroppedList;
}

const timeGroups = (
  parts: RunParts,
  timing: TimedPlan,
  { executor, projector, dropped }: Measuring,
): Promise<Stop> =>
  runBlocks({
    ...timing,
    executor,
    projector,
    tallied: parts.tallied,
    design: parts.design,
    gate: parts.gate,
    looks: parts.looks,
    endedBefore: parts.endedBefore,
    blocksBefore: completeBlocks(timing.slots, isDoneIn(parts.before)),
    leftNs: parts.deadline.leftNs,
    share: [COUNTED_SHARE, 1],
    onEnded: (ended) => parts.update({ plan: { ended } }),
    onOutOfTime: (ended, blocks) =>
      dropped.add(ended.map((one) => asDropped(one, { passes: timing.passes, blocks }, firstLookOf(parts)))),
  });

const measureGroups = async (parts: RunParts, prepared: PreparedRun, measuring: Measuring): Promise<Stop> => {
  const groups = groupsToMeasure(parts, prepared);
  parts.planned();
  const planned =
    parts.before.slots.length > 0 ? parts.before.slots : countingSlots(groups, parts.countPasses);
  const counted = await countGroups(parts, groups, measuring);
  // The inspector runs during timing only if a timed scenario needs it.
  if (!needsInspector(timedOf(counted.groups))) await parts.inspector.close();
  if (counted.stop !== null || parts.interrupted()) return counted.stop;
  if (parts.countOnly) {
    parts.update({ plan: { slots: countedSlots(parts.before, counted.slots) } });
    return null;
  }
  const isResumed = ofPass(parts.before.slots, 'time').length > 0;
  const timing = isResumed
    ? recordedTiming(parts, counted.groups)
    : planTiming(parts, readyQuestion(parts.question, prepared.ready), counted, 1 + lastOf(planned, 'seq'));
  return timeGroups(parts, timing, measuring);
};

interface Measured {
  executor: Executor | null;
  unequal: readonly Proof[];
}

const measurePrepared = async (parts: RunParts, measured: Measured): Promise<Stop> => {
  const prepared = await prepareAll(parts);
  // Images and mounts after the interrupt are missing here: earlier sessions have recorded all of them.
  if (parts.interrupted() && parts.before.session > 0) return 'interrupted';
  const dropped = openDropped(parts);
  dropped.add(
    prepared.ready.ended.map((one) => asDropped(one, { passes: 0, blocks: 0 }, firstLookOf(parts))),
  );
  measured.unequal = reportProofs(parts, prepared.proofs);
  const executor = openExecutor(parts, prepared.ready, prepared.fullStore);
  measured.executor = executor;
  const projector = { sizes: prepared.ready.sizes, times: executor.times };
  if (parts.interrupted()) return 'interrupted';
  const measuring = { executor, projector, dropped };
  const stop = await measureGroups(parts, prepared, measuring);
  if (stop !== 'interrupted') sayEnough(parts, prepared, measuring, stop);
  return stop;
};

/** An error that ends the run is returned, and its samples are kept. A refusal is thrown. */
export const measure = async (parts: RunParts): Promise<Ended> => {
  const measured: Measured = { executor: null, unequal: [] };
  const errors: unknown[] = [];
  let stop: Stop = null;
  try {
    stop = await measurePrepared(parts, measured);
  } catch (error) {
    const ending = endingError(error);
    if (ending === null) throw error;
    errors.push(ending);
  }
  const { ok, failed } = measured.executor?.tally ?? { ok: 0, failed: 0 };
  const hasFailed = failed > 0 || measured.unequal.length > 0 || errors.length > 0;
  const whole = hasFailed ? 'failed' : 'complete';
  const interrupted = errors.length === 0 && parts.interrupted() ? 'interrupted' : null;
  return {
    status: stop ?? interrupted ?? whole,
    okCount: ok,
    failedCount: failed,
    unequal: measured.unequal,
    errors,
  };
};
