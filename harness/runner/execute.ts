// Runs slots one after another and writes each sample to the journal at once. Stops between slots only.

import { setImmediate } from 'node:timers/promises';
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { Sample, Slot } from '../../results/schema/run.ts';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { createNumberSet, type NumberSet } from '../model/number-set.ts';
import type { Probe, Scenario } from '../model/scenario.ts';
import { probe as ledgerProbe } from '../probes/syscalls.ts';
import { debugMemory } from '../sys/debug.ts';
import { openGarbage } from '../sys/garbage.ts';
import { mayStart, openSlotTimes, type SlotTimes } from './budget.ts';
import { watchFailing } from './failing.ts';
import { openLeakCheck } from './leak-check.ts';
import { type Limits, openLimits } from './limits.ts';
import { cyclesOf } from './open-slot.ts';
import type { RunParts } from './parts.ts';
import { type Group, groupKey, keyOf } from './plan.ts';
import type { Ready } from './ready.ts';
import { runSlot } from './slot.ts';

export type Stop = 'interrupted' | 'out-of-time' | null;

interface Stretch {
  readonly slots: readonly Slot[];
  readonly groups: readonly Group[];
  /** Long lives of an image within one timed slot. */
  readonly lives: number;
  /** Expected time of later stretches, nanoseconds, for the progress line. */
  readonly laterNs: number;
  /** Part of the progress line, 0..1. */
  readonly share: readonly [from: number, to: number];
}

export interface Executor {
  /** Times of all samples so far. */
  readonly times: SlotTimes;
  /** Slots that an earlier process finished are not run again. Throws when the run cannot continue. */
  run(stretch: Stretch): Promise<Stop>;
  readonly tally: { readonly ok: number; readonly failed: number };
}

const isArmed = (
  { id, passes, onRequest, metrics }: Probe,
  { headline, uncounted }: Scenario,
  { pass }: Slot,
): boolean =>
  passes.includes(pass) &&
  !(uncounted === true && id === ledgerProbe.id) &&
  (onRequest !== true || headline.some((metric) => metric in metrics));

interface SlotRecord {
  readonly times: SlotTimes;
  readonly tally: { ok: number; failed: number };
  /** Numbers of the finished slots, those of earlier processes included. Samples are in the journal only: a run may take hours. */
  readonly done: Pick<NumberSet, 'has'>;
  add(sample: Sample): void;
}

const openRecord = (parts: RunParts, limits: Limits): SlotRecord => {
  const done = createNumberSet();
  const [tally, times] = [{ ok: 0, failed: 0 }, openSlotTimes()];
  const add = (sample: Sample): void => {
    if (sample.outcome === 'ok') tally.ok++;
    if (sample.outcome === 'failed') tally.failed++;
    limits.saw(sample);
    times.saw(sample);
    done.add(sample.seq);
  };
  for (const sample of parts.before.samples) add(sample);
  return { times, tally, done, add };
};

/** For the work of a slot after its limit: killing, detaching, closing, the leak check. */
const AFTER_LIMIT_NS = 60e9;

type RunOne = (slot: Slot, group: Group, lives: number) => Promise<Sample>;

const slotRunner = (parts: RunParts, images: readonly Image[], fullStore: Store, limits: Limits): RunOne => {
  const { features, workspace, warmTools, inspector, crowdEntry } = parts;
  const byName = new Map(images.map((image) => [image.name, image]));
  const leaks = openLeakCheck(workspace, features['pid-namespace'].ok, () => inspector.pid);
  return (slot, group, lives) => {
    const id = slot.arm === NULL_ARM ? parts.baseline : slot.arm;
    const arm = parts.question.arms.find((one) => one.id === id)!;
    const { scenario } = group;
    const limitNs = limits.of(slot, cyclesOf({ slot, scenario, lives, arm }));
    parts.limit(limitNs + AFTER_LIMIT_NS);
    return runSlot({
      slot,
      session: parts.before.session,
      limitNs,
      lives,
      scenario,
      arm,
      image: byName.get(slot.image)!,
      others: (group.others ?? []).map((name) => byName.get(name)!),
      probes: parts.probes.filter((probe) => isArmed(probe, scenario, slot)),
      ...{ features, workspace, crowdEntry, fullStore, images, leaks, inspector, warmTools },
    });
  };
};

export const openExecutor = (
  parts: RunParts,
  { images, sizes }: Pick<Ready, 'images' | 'sizes'>,
  fullStore: Store,
): Executor => {
  const limits = openLimits(parts.deadline, sizes);
  const record = openRecord(parts, limits);
  const runOne = slotRunner(parts, images, fullStore, limits);
  const { times, tally, done } = record;
  const failing = watchFailing();
  const garbage = openGarbage();
  const runNew = async (slot: Slot, group: Group, { lives, groups }: Stretch): Promise<void> => {
    const sample = await runOne(slot, group, lives);
    parts.journal.append(sample);
    record.add(sample);
    if (sample.outcome === 'failed')
      parts.say(`failed: ${slot.scenario} on ${slot.arm}, ${slot.image}: ${sample.phase}: ${sample.message}`);
    failing.saw(sample, groups);
  };
  return {
    times,
    tally,
    async run(stretch) {
      const {
        slots,
        groups,
        laterNs,
        share: [from, to],
      } = stretch;
      const byKey = new Map(groups.map((group) => [keyOf(group), group]));
      const costOf = (slot: Slot): number => times.slotNs(byKey.get(groupKey(slot))!, slot.pass) ?? 0;
      const toDo = slots.filter(({ seq }) => !done.has(seq));
      let expectedNs = laterNs + toDo.reduce((sum, slot) => sum + costOf(slot), 0);
      for (const [number, slot] of toDo.entries()) {
        // Slots block the event loop, which delivers the interrupt.
        await setImmediate();
        if (parts.interrupted()) return 'interrupted';
        const slotNs = costOf(slot);
        if (!mayStart(parts.deadline, slotNs)) return 'out-of-time';
        const what = `${slot.pass === 'count' ? 'counting' : 'timing'} ${slot.scenario} on ${slot.arm}, ${slot.image}`;
        parts.progress(what, from + ((to - from) * number) / toDo.length, expectedNs);
        await runNew(slot, byKey.get(groupKey(slot))!, stretch);
        garbage.collect();
        debugMemory();
        expectedNs -= slotNs;
      }
      return null;
    },
  };
};
