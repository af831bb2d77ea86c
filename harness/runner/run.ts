// The work in its order: images ready, trees proved, calls counted, the plan fitted to the budget, blocks timed.
//
// Every sample goes to the journal as soon as it exists; an interrupt or the end of the budget keeps what was measured, and a
// run that was cut off anywhere goes on from there.

import { NULL_ARM } from '../../results/compare/phase-of.ts';
import { skippedText } from '../../results/not-measured.ts';
import type { Proof, RunFile, Slot } from '../../results/schema/run.ts';
import { droppedFrom } from '../../results/upgrade.ts';
import { createStore } from '../store/store.ts';
import { createMachine } from '../sys/machine.ts';
import { runBlocks } from './blocks.ts';
import { openDeadline } from './clock.ts';
import { measuredCosts, pairKey, roughCosts } from './cost.ts';
import { type Counted, countAll, LEAST_PASSES } from './counting.ts';
import { type Executor, openExecutor, type Stop } from './execute.ts';
import { type Costed, type Fit, fitBudget, keptGroups, livesThatFit } from './fit.ts';
import { openFlow } from './flow.ts';
import { groupsOf } from './groups.ts';
import type { RunParts } from './parts.ts';
import { type Group, groupKey, inPass, keyOf, timingSlots } from './plan.ts';
import { type ImageToProve, ofImages, proveAll } from './prove-all.ts';
import { makeReady } from './ready.ts';
import { extraSlots, tornGroups } from './resume.ts';
import { writeBack } from './workspace.ts';

export interface Ended {
  readonly status: Exclude<RunFile['status'], 'running'>;
  readonly okCount: number;
  readonly failedCount: number;
  readonly unequal: readonly Proof[];
}

const READY_SHARE = 0.1;
const COUNTED_SHARE = 0.25;
/** Where estimates are wrong by half there is still room for all that carries a claim. */
const FOR_SPARES = 2 / 3;

const perSlot = (groups: readonly Group[], costed: readonly Costed[]): ReadonlyMap<string, number> =>
  new Map(groups.map((group, i) => [keyOf(group), costed[i]!.blockNs / (group.arms.length + 1)]));

const ofPass = (slots: readonly Slot[], pass: Slot['pass']): readonly Slot[] =>
  slots.filter((slot) => slot.pass === pass);

const timedOf = (groups: readonly Group[]): readonly Group[] =>
  groups.filter((group) => inPass(group, 'time'));

const needsInspector = (groups: readonly Group[]): boolean =>
  groups.some(({ scenario }) => scenario.inspects === true);

const imagesOf = (groups: readonly Group[]): readonly string[] => [
  ...new Set(groups.map(({ image }) => image)),
];

interface Fitted {
  readonly slots: readonly Slot[];
  readonly extra: readonly Slot[];
  readonly groups: readonly Group[];
  readonly lives: number;
  readonly costs: readonly Costed[];
  /** As recorded; null where an earlier process recorded it. */
  readonly dropped: readonly string[] | null;
}

type CostsOf = (lives: number) => readonly Costed[];

/** The timed part of the plan: the recorded one of a run that goes on, or what now fits the budget. */
const fitTiming = (parts: RunParts, groups: readonly Group[], costsOf: CostsOf, counted: Counted): Fitted => {
  const { before, baseline, seed, looks, question } = parts;
  const recorded = ofPass(before.slots, 'time');
  if (recorded.length > 0) {
    const keys = new Set(recorded.map(groupKey));
    const kept = groups.filter((group) => keys.has(keyOf(group)));
    const torn = tornGroups(recorded, before.samples);
    const extra = extraSlots(kept, torn, { baseline, seed, session: before.session, slots: before.slots });
    const extraBefore = recorded.filter(({ block }) => block >= looks.at(-1)!);
    if (extra.length > 0) parts.say(`${torn.length} group was cut inside a block: it gets one more block`);
    parts.update({ plan: { slots: [...before.slots, ...extra] } });
    const lives = before.lives ?? parts.lives;
    return {
      lives,
      dropped: null,
      costs: costsOf(lives),
      groups: timedOf(kept),
      extra: [...extraBefore, ...extra],
      slots: recorded.filter(({ block }) => block < looks.at(-1)!),
    };
  }
  const fitWith = (lives: number): Fit => {
    const leftNs = parts.deadline.leftNs();
    return fitBudget(costsOf(lives), looks[0]!, leftNs, FOR_SPARES * leftNs);
  };
  const lives = livesThatFit(parts.lives, fitWith);
  const costs = costsOf(lives);
  const fit = fitWith(lives);
  const fewer =
    lives < parts.lives
      ? [
          `lives: ${lives} instead of ${parts.lives} in a slot, or the budget has no room for ${looks[0]!} blocks`,
        ]
      : [];
  const leftOut = [...fit.dropped, ...fewer];
  for (const line of leftOut) parts.say(`left out: ${line}`);
  const dropped = [...counted.dropped, ...leftOut];
  const kept = keptGroups(groups, fit);
  const shown = new Set(kept.flatMap((group) => group.arms.map((arm) => `${keyOf(group)} ${arm.id}`)));
  const asked = groupsOf(question);
  const slots = timingSlots(asked, {
    blocks: looks.at(-1)!,
    baseline,
    seed,
    firstSeq: counted.plannedCount,
    keeps: (slot) => shown.has(`${groupKey(slot)} ${slot.arm === NULL_ARM ? baseline : slot.arm}`),
  });
  parts.update({
    plan: {
      arms: question.arms.map((arm) => arm.id),
      scenarios: fit.scenarios,
      images: imagesOf(kept),
      lives,
      dropped: dropped.map(droppedFrom),
      slots: [...counted.slots, ...slots],
    },
  });
  return { slots, extra: [], groups: timedOf(kept), lives, costs, dropped };
};

const statusOf = (
  stop: Stop,
  executor: Executor,
  unequal: readonly Proof[],
  interrupted: boolean,
): Ended['status'] => {
  if (stop !== null) return stop;
  if (interrupted) return 'interrupted';
  return executor.tally.failed > 0 || unequal.length > 0 ? 'failed' : 'complete';
};

export const measure = async (parts: RunParts): Promise<Ended> => {
  const { question, baseline, looks, deadline, interrupted, progress, say, workspace, before } = parts;
  const planned = new Set(before.slots.map(({ image }) => image));
  const own = new Set(question.ownImages.values());
  const goesOn = planned.size > 0;
  const { files } = createMachine(parts.features, { scratch: workspace.scratch });
  const fullStore = createStore({ state: 'full', dir: workspace.store, files });
  const toProve = openFlow<ImageToProve>();
  if (parts.question.scenarios.some(({ inspects = false }) => inspects)) parts.inspector.start();
  const pairsProved = new Set<string>();
  const onProved = (arm: string, image: string): void => void pairsProved.add(pairKey(arm, image));
  const proving = proveAll(parts, { images: toProve, store: fullStore, done: 0, onProved });
  const readying = makeReady({
    ...parts,
    // What was planned once is not left out the second time.
    ...(goesOn
      ? {
          sources: parts.sources.filter(({ name }) => planned.has(name) || own.has(name)),
          question: { ...question, images: question.images.filter((name) => planned.has(name)) },
          deadline: openDeadline(0n, null, 0),
        }
      : {}),
    blocks: looks[0]!,
    countPasses: Math.min(parts.countPasses, LEAST_PASSES),
    objectDir: fullStore.objectDirs[0]!,
    rootless: !parts.features.root.ok,
    proved: pairsProved,
    progress: (what) => progress(what, 0, null),
    onReady: (image, groups) => toProve.push({ image, groups }),
  }).finally(toProve.end);
  // What was made ready is written while mounts are walked: else the first slot would wait for it.
  const written = readying.then(() => writeBack(workspace));
  // None is left under way when another fails.
  await Promise.allSettled([written, proving]);
  const ready = await readying;
  for (const line of ready.dropped) say(`left out: ${line}`);
  const names = ready.images.map((image) => image.name);
  const ownImages = new Map([...question.ownImages].filter(([, name]) => names.includes(name)));
  const asked = { ...question, images: ready.ofRun, ownImages };
  const proved = ofImages(await proving, names);
  parts.update(proved);
  for (const one of proved.skipped) say(`skipped: ${skippedText(one)}`);
  const unequal = proved.proofs.filter((proof) => !proof.equal);
  for (const { arm, image, difference } of unequal)
    say(`not the same tree: ${arm} on ${image}: ${difference}`);

  const shows = (image: string, arm: string): boolean =>
    proved.proofs.some((proof) => proof.image === image && proof.arm === arm && proof.equal);
  // Objects that only hidden files of lower layers had are no garbage that a slot should find.
  fullStore.collect(ready.images);
  const groups = groupsOf(asked, shows);
  const executor = openExecutor(parts, ready.images, fullStore);
  const ended = (stop: Stop): Ended => ({
    status: statusOf(stop, executor, unequal, interrupted()),
    okCount: executor.tally.ok,
    failedCount: executor.tally.failed,
    unequal,
  });
  if (interrupted()) return ended('interrupted');

  const rough = roughCosts(groups, ready.sizes, {
    countPasses: 0,
    slowness: ready.slowness,
    prepared: new Set(names),
    proved: 'all',
  });
  const counted = await countAll(parts, {
    executor,
    groups,
    dropped: ready.dropped,
    rough,
    slotNs: perSlot(groups, rough),
    laterNs: looks[0]! * rough.reduce((sum, { blockNs }) => sum + blockNs, 0),
    share: [READY_SHARE, COUNTED_SHARE],
  });
  // Nothing of it is there while blocks are timed, unless they ask it.
  if (!needsInspector(timedOf(counted.groups))) await parts.inspector.close();
  if (counted.stop !== null || interrupted()) return ended(counted.stop);
  if (parts.countOnly) {
    parts.update({ plan: { dropped: counted.dropped.map(droppedFrom), slots: counted.slots } });
    return ended(null);
  }

  const roughOf = new Map(groups.map((group, i) => [keyOf(group), rough[i]!]));
  const left = counted.groups;
  const costsOf = (lives: number) =>
    measuredCosts(
      left,
      counted.samples,
      left.map((group) => roughOf.get(keyOf(group))!),
      { baseline, lives },
    );
  const timing = fitTiming(parts, left, costsOf, counted);
  return ended(
    await runBlocks({
      ...timing,
      executor,
      tally: parts.tally,
      design: parts.design,
      looks,
      endedBefore: parts.endedBefore,
      costs: perSlot(left, timing.costs),
      // What was planned once is not left out the second time.
      costed:
        timing.dropped === null ? null : new Map(left.map((group, i) => [keyOf(group), timing.costs[i]!])),
      onDropped: (lines, blocks) => {
        for (const line of lines) say(`left out after ${blocks} blocks: ${line}`);
        parts.update({ plan: { dropped: [...(timing.dropped ?? []), ...lines].map(droppedFrom) } });
      },
      leftNs: deadline.leftNs,
      share: [COUNTED_SHARE, 1],
      onEnded: (list) => parts.update({ plan: { ended: list } }),
    }),
  );
};
