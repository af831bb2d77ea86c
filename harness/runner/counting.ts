// Counting passes: three where the budget allows, up to the requested number where time is left. The first one leaves out groups whose
// pass would take time that groups of higher rank need.

import { FEWEST_PASSES } from '../../results/compare/counts.ts';
import type { DroppedPasses } from '../../results/schema/not-measured.ts';
import type { Slot } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import {
  affordable,
  groupNeedNs,
  keepingFirst,
  type OutOfTime,
  type Projector,
  type Remaining,
} from './budget.ts';
import type { Executor, Stop } from './execute.ts';
import { type Group, groupKey, inPass, keyOf, placementOf } from './plan.ts';
import { samePlan } from './resume.ts';

export interface CountParts {
  readonly executor: Executor;
  /** Highest rank first. */
  readonly groups: readonly Group[];
  readonly planned: readonly Slot[];
  /** Finished by an earlier session. */
  readonly isDone: (slot: Slot) => boolean;
  readonly projector: Projector;
  readonly passesAsked: number;
  /** Blocks up to the first look; 0 if nothing is timed. */
  readonly blocks: number;
  readonly leftNs: () => number;
  /** Part of the progress line, 0..1. */
  readonly share: readonly [from: number, to: number];
  /** `passes`: those that the groups got, in earlier sessions, too. */
  readonly onEnded: (ended: readonly OutOfTime[], passes: number) => void;
}

export interface Counted {
  readonly stop: Stop;
  /** The planned slots that were run. */
  readonly slots: readonly Slot[];
  /** The groups that are left, highest rank first. */
  readonly groups: readonly Group[];
  readonly droppedPasses: DroppedPasses | null;
}

/** By the group's key: for each pass the slots that no earlier session has finished. */
const slotsByPass = ({
  planned,
  isDone,
  passesAsked,
}: CountParts): ReadonlyMap<string, readonly number[]> => {
  const counts = new Map<string, number[]>();
  for (const slot of planned) {
    const ofGroup = counts.get(groupKey(slot)) ?? new Array<number>(passesAsked).fill(0);
    counts.set(groupKey(slot), ofGroup);
    if (!isDone(slot)) ofGroup[slot.block]!++;
  }
  return counts;
};

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Throws if a resumed run would count other slots than before. */
export const checkRecorded = (recorded: readonly Slot[], planned: readonly Slot[], isOver: boolean): void => {
  if (recorded.length === 0 || samePlan(recorded, planned, !isOver)) return;
  throw new UserError('cannot resume: the plan would have other slots than the recorded one', {
    exit: 4,
    facts: ['images, backends or mountable combinations of both have changed since the run started'],
    hint: 'start a new run: cfsbench run',
  });
};

const passesLeft = ({ scenario }: Group, pass: number, passes: number): number =>
  scenario.onePass === true ? Math.min(passes, Math.max(0, 1 - pass)) : passes;

type NeedNs = (group: Group) => number;

interface Passes {
  readonly least: number;
  /** Time from pass `pass` on of a group that gets `passes` more, with its blocks up to the first look. */
  readonly needNs: (pass: number, passes: number) => NeedNs;
  /** Passes that earlier sessions have finished. */
  readonly doneBefore: (group: Group) => number;
  /** One pass of a group that was not counted. */
  readonly passNs: NeedNs;
  /** The need of groups after their first pass. */
  readonly countedNs: NeedNs;
  /** The same, but a group that is only timed is charged all its blocks at its scenario's estimate, which may be ten times too high. */
  readonly cautiousNs: NeedNs;
  /** The slots that were run. */
  readonly slots: readonly Slot[];
  /** `later`: groups that are counted after `now` in this pass. `done`: share of the pass before them, 0..1. */
  run(pass: number, now: readonly Group[], later: readonly Group[], done: number): Promise<Stop>;
}

/** Nothing like it is measured before its first block. A group on one CPU is like that with free placement. */
const isUnseen = (group: Group, { times }: Projector): boolean =>
  !inPass(group, 'count') && placementOf(group.params) === 'free' && times.slotNs(group, 'time') === null;

const openPasses = (parts: CountParts): Passes => {
  const { executor, planned, passesAsked, blocks } = parts;
  const least = Math.min(FEWEST_PASSES, passesAsked);
  const byPass = slotsByPass(parts);
  const slots: Slot[] = [];
  const groupNs = (group: Group, pass: number, remaining: Remaining): number => {
    const key = keyOf(group);
    const ofPasses = (byPass.get(key) ?? []).slice(pass, pass + remaining.passes);
    const projector: Projector = { ...parts.projector, passSlots: new Map([[key, meanOf(ofPasses)]]) };
    return groupNeedNs(group, projector, remaining);
  };
  const needNs: Passes['needNs'] = (pass, passes) => (group) =>
    groupNs(group, pass, { passes: passesLeft(group, pass, passes), blocks });
  const sumNs = (groups: readonly Group[], need: NeedNs): number =>
    groups.reduce((sum, group) => sum + need(group), 0);
  return {
    ...{ least, needNs, slots },
    doneBefore(group) {
      const left = byPass.get(keyOf(group));
      const first = left?.findIndex((count) => count > 0) ?? 0;
      return first === -1 ? passesAsked : first;
    },
    passNs: (group) => groupNs(group, 0, { passes: 1, blocks: 0 }),
    countedNs: needNs(1, least - 1),
    cautiousNs: (group) =>
      needNs(1, least - 1)(group) * (isUnseen(group, parts.projector) ? Math.max(1, blocks) : 1),
    run(pass, now, later, done) {
      const keys = new Set(now.map(keyOf));
      const ofPass = planned.filter((slot) => slot.block === pass && keys.has(groupKey(slot)));
      const [from, to] = parts.share;
      const at = (passes: number): number => from + ((to - from) * passes) / passesAsked;
      const nowShare = ((1 - done) * now.length) / (now.length + later.length);
      const passesAfter = Math.max(0, least - pass - 1);
      for (const slot of ofPass) slots.push(slot);
      return executor.run({
        slots: ofPass,
        // A full disk is one if slots of two scenarios fail, unless there is only one.
        groups: pass === 0 ? parts.groups : now,
        lives: 1,
        laterNs: sumNs(now, needNs(pass + 1, passesAfter)) + sumNs(later, needNs(pass, passesAfter + 1)),
        share: [at(pass + done), at(pass + done + nowShare)],
      });
    },
  };
};

/**
 * Null if the group has no slots left in this pass, or if a counting pass of `group` takes no time that the counted groups, all of higher rank, need up to their first look. A timed group
 * takes no more than its pass if they need more than it seems; one that is only counted keeps what it took.
 */
const outOfTimeForPass = (
  group: Group,
  counted: readonly Group[],
  { countedNs, cautiousNs, passNs }: Passes,
  leftNs: number,
): OutOfTime | null => {
  if (counted.length === 0 || passNs(group) === 0) return null;
  const { kept } = keepingFirst(counted, countedNs, leftNs);
  const higherNs = inPass(group, 'time') ? countedNs : cautiousNs;
  const need: NeedNs = (one) => (one === group ? passNs(one) : higherNs(one));
  return affordable([...kept, group], need, leftNs).ended.find((one) => one.group === group) ?? null;
};

/** `pass`: those that were counted in this session. */
const end = (
  { onEnded }: CountParts,
  { doneBefore }: Passes,
  ended: readonly OutOfTime[],
  pass: number,
): void => {
  const got = ({ group }: OutOfTime): number => Math.max(pass, doneBefore(group));
  for (const passes of new Set(ended.map(got)))
    onEnded(
      ended.filter((one) => got(one) === passes),
      passes,
    );
};

/** One group after another, highest rank first: each shows what it takes before those that rank lower are counted. */
const runFirstPass = async (
  parts: CountParts,
  passes: Passes,
): Promise<{ readonly stop: Stop; readonly counted: readonly Group[] }> => {
  const counted: Group[] = [];
  const ended: OutOfTime[] = [];
  let stop: Stop = null;
  for (const [number, group] of parts.groups.entries()) {
    const outOfTime = outOfTimeForPass(group, counted, passes, parts.leftNs());
    if (outOfTime !== null) ended.push(outOfTime);
    else {
      counted.push(group);
      const later = parts.groups.slice(number + 1);
      stop = await passes.run(0, [group], later, number / parts.groups.length);
    }
    if (stop !== null) break;
  }
  end(parts, passes, ended, 0);
  return { stop, counted };
};

export const countAll = async (parts: CountParts): Promise<Counted> => {
  const { passesAsked, leftNs } = parts;
  const passes = openPasses(parts);
  const { least, needNs, slots, doneBefore } = passes;
  const { stop: stopped, counted } = await runFirstPass(parts, passes);
  let groups = counted;
  if (stopped !== null) return { stop: stopped, slots, groups, droppedPasses: null };
  for (let pass = 1; pass < passesAsked; pass++) {
    const { kept, ended } = keepingFirst(groups, needNs(pass, Math.max(1, least - pass)), leftNs());
    if (ended.length > 0) {
      if (pass >= least)
        return {
          ...{ stop: null, slots, groups },
          droppedPasses: {
            kind: 'passes',
            done: groups.reduce(
              (fewest, group) => Math.min(fewest, Math.max(pass, doneBefore(group))),
              passesAsked,
            ),
            planned: passesAsked,
          },
        };
      groups = kept;
      end(parts, passes, ended, pass);
    }
    const stop = await passes.run(pass, groups, [], 0);
    if (stop !== null) return { stop, slots, groups, droppedPasses: null };
  }
  return { stop: null, slots, groups, droppedPasses: null };
};
