// Slots one after another: each into the journal as soon as it exists; stops between two of them, never inside one.
import { setImmediate } from 'node:timers/promises';
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { Sample, Slot } from '../../results/schema/run.ts';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Probe, Scenario } from '../model/scenario.ts';
import { openSlotTimes, type SlotTimes } from './budget.ts';
import { openLeakCheck } from './leak-check.ts';
import { openLimits } from './limits.ts';
import type { RunParts } from './parts.ts';
import { type Group, groupKey, keyOf } from './plan.ts';
import { runSlot } from './slot.ts';

export type Stop = 'interrupted' | 'out-of-time' | null;

interface Stretch {
  readonly slots: readonly Slot[];
  readonly groups: readonly Group[];
  /** Long lives of an image within one timed slot. */
  readonly lives: number;
  /** What comes after this stretch, nanoseconds: part of the time left. */
  readonly laterNs: number;
  /** Where on the progress line this stretch begins and ends, 0..1. */
  readonly share: readonly [from: number, to: number];
}

export interface Executor {
  /** Times of all samples so far. */
  readonly times: SlotTimes;
  /** Slots that an earlier process finished are not run again; their samples are returned all the same. */
  run(stretch: Stretch): Promise<{ readonly samples: readonly Sample[]; readonly stop: Stop }>;
  readonly tally: { readonly ok: number; readonly failed: number };
}

/**
 * The last block may use half of the reserve (8 % of the budget). The rest is for the report, which takes up to 1 s of a budget of 20 s
 * and 5 s of one of 30 min.
 */
const OVERRUN_RATIO = 0.04;

const isArmed = ({ passes, onRequest, metrics }: Probe, { headline }: Scenario, { pass }: Slot): boolean =>
  passes.includes(pass) && (onRequest !== true || headline.some((metric) => metric in metrics));

export const openExecutor = (parts: RunParts, images: readonly Image[], fullStore: Store): Executor => {
  const { features, workspace, warmTools, deadline, before } = parts;
  const byName = new Map(images.map((image) => [image.name, image]));
  const leaks = openLeakCheck(workspace, features['pid-namespace'].ok, () => parts.inspector.pid);
  const limits = openLimits();
  const tally = { ok: 0, failed: 0 };
  const times = openSlotTimes();
  const done = new Map<number, Sample>();

  const note = (sample: Sample): void => {
    if (sample.outcome === 'ok') tally.ok++;
    if (sample.outcome === 'failed') tally.failed++;
    limits.saw(sample);
    times.saw(sample);
    parts.tally.add(sample);
    done.set(sample.seq, sample);
  };
  for (const sample of before.samples) note(sample);

  const one = async (slot: Slot, group: Group, lives: number): Promise<Sample> => {
    const id = slot.arm === NULL_ARM ? parts.baseline : slot.arm;
    const sample = await runSlot({
      slot,
      session: before.session,
      limitNs: limits.of(slot),
      lives,
      scenario: group.scenario,
      arm: parts.question.arms.find((arm) => arm.id === id)!,
      image: byName.get(slot.image)!,
      others: (group.others ?? []).map((name) => byName.get(name)!),
      features,
      probes: parts.probes.filter((probe) => isArmed(probe, group.scenario, slot)),
      workspace,
      crowdEntry: parts.crowdEntry,
      fullStore,
      images,
      leaks,
      inspector: parts.inspector,
      warmTools,
    });
    parts.journal.append(sample);
    note(sample);
    if (sample.outcome === 'failed')
      parts.say(`failed: ${slot.scenario} on ${slot.arm}, ${slot.image}: ${sample.phase}: ${sample.message}`);
    return sample;
  };

  return {
    times,
    tally,
    async run({ slots, groups, lives, laterNs, share: [from, to] }) {
      const byKey = new Map(groups.map((group) => [keyOf(group), group]));
      const costOf = (slot: Slot): number => times.slotNs(byKey.get(groupKey(slot))!, slot.pass) ?? 0;
      const toDo = slots.filter(({ seq }) => !done.has(seq));
      let expectedNs = laterNs + toDo.reduce((sum, slot) => sum + costOf(slot), 0);
      const samples = slots.flatMap(({ seq }) => done.get(seq) ?? []);
      for (const [number, slot] of toDo.entries()) {
        // Slots never wait for the event loop: without this an interrupt would not be heard before the end.
        await setImmediate();
        if (parts.interrupted()) return { samples, stop: 'interrupted' };
        if (deadline.leftNs() < -OVERRUN_RATIO * deadline.budgetNs) return { samples, stop: 'out-of-time' };
        const what = `${slot.pass === 'count' ? 'counting' : 'timing'} ${slot.scenario} on ${slot.arm}, ${slot.image}`;
        parts.progress(what, from + ((to - from) * number) / toDo.length, expectedNs);
        samples.push(await one(slot, byKey.get(groupKey(slot))!, lives));
        expectedNs -= costOf(slot);
      }
      return { samples, stop: null };
    },
  };
};
