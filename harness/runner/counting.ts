// Counting passes: three where the budget allows, up to the requested number where time is left.

import type { DroppedPasses } from '../../results/schema/not-measured.ts';
import type { Slot } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import { groupNeedNs, keepingFirst, LEAST_PASSES, type OutOfTime, type Projector } from './budget.ts';
import type { Executor, Stop } from './execute.ts';
import { type Group, groupKey, keyOf } from './plan.ts';
import { samePlan } from './resume.ts';

export interface CountParts {
  readonly executor: Executor;
  /** Highest rank first. */
  readonly groups: readonly Group[];
  readonly planned: readonly Slot[];
  readonly projector: Projector;
  readonly passesAsked: number;
  /** Blocks up to the first look; 0 if nothing is timed. */
  readonly blocks: number;
  readonly leftNs: () => number;
  /** Part of the progress line, 0..1. */
  readonly share: readonly [from: number, to: number];
  /** `passes`: those that the groups got. */
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

const slotsPerPass = (planned: readonly Slot[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const slot of planned)
    if (slot.block === 0) counts.set(groupKey(slot), (counts.get(groupKey(slot)) ?? 0) + 1);
  return counts;
};

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

export const countAll = async (parts: CountParts): Promise<Counted> => {
  const { executor, planned, passesAsked, blocks, leftNs } = parts;
  const least = Math.min(LEAST_PASSES, passesAsked);
  const projector: Projector = { ...parts.projector, passSlots: slotsPerPass(planned) };
  /** From pass `pass` on, if groups get `passes` more. */
  const needNs =
    (pass: number, passes: number) =>
    (group: Group): number =>
      groupNeedNs(group, projector, { passes: passesLeft(group, pass, passes), blocks });
  const slots: Slot[] = [];
  let { groups } = parts;
  for (let pass = 0; pass < passesAsked; pass++) {
    const { kept, ended } = keepingFirst(groups, needNs(pass, Math.max(1, least - pass)), leftNs());
    if (pass >= least && ended.length > 0)
      return {
        stop: null,
        slots,
        groups,
        droppedPasses: { kind: 'passes', done: pass, planned: passesAsked },
      };
    // The first pass measures every group whose image was prepared.
    if (pass > 0 && ended.length > 0) {
      groups = kept;
      parts.onEnded(ended, pass);
    }
    const keys = new Set(groups.map(keyOf));
    const ofPass = planned.filter((slot) => slot.block === pass && keys.has(groupKey(slot)));
    const at = (number: number): number =>
      parts.share[0] + ((parts.share[1] - parts.share[0]) * number) / passesAsked;
    slots.push(...ofPass);
    const laterNs = groups.reduce(
      (sum, group) => sum + needNs(pass + 1, Math.max(0, least - pass - 1))(group),
      0,
    );
    const stop = await executor.run({
      slots: ofPass,
      groups,
      lives: 1,
      laterNs,
      share: [at(pass), at(pass + 1)],
    });
    if (stop !== null) return { stop, slots, groups, droppedPasses: null };
  }
  return { stop: null, slots, groups, droppedPasses: null };
};
