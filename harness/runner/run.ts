// The work in its order: images ready, trees proved, calls counted, the plan fitted to the budget, blocks timed.
//
// Every sample goes to the journal as soon as it exists; an interrupt or the end of the budget keeps what was measured.
import type { Proof, RunFile } from '../../results/schema/run.ts';
import { createStore } from '../store/store.ts';
import { createMachine } from '../sys/machine.ts';
import { measuredCosts, roughCosts } from './cost.ts';
import { openExecutor } from './execute.ts';
import { type Costed, fitBudget } from './fit.ts';
import { groupsOf } from './groups.ts';
import type { RunParts } from './parts.ts';
import { countingSlots, type Group, keyOf, timingSlots } from './plan.ts';
import { proveAll } from './prove-all.ts';
import { makeReady } from './ready.ts';

export interface Ended {
  readonly status: Exclude<RunFile['status'], 'running'>;
  readonly okCount: number;
  readonly failedCount: number;
  readonly unequal: readonly Proof[];
}

const READY_SHARE = 0.1;
const COUNTED_SHARE = 0.25;

const perSlot = (groups: readonly Group[], costed: readonly Costed[]): ReadonlyMap<string, number> =>
  new Map(groups.map((group, i) => [keyOf(group), costed[i]!.blockNs / (group.arms.length + 1)]));

export const measure = async (parts: RunParts): Promise<Ended> => {
  const { arms, baseline, blocks, countPasses, deadline, interrupted, progress, say, seed, workspace } =
    parts;
  const { files } = createMachine(parts.features, { scratch: workspace.scratch });
  const fullStore = createStore({ state: 'full', dir: workspace.store, files });
  const ready = await makeReady({
    ...parts,
    objectDir: fullStore.objectDirs[0]!,
    rootless: !parts.features.root.ok,
    progress: (what) => progress(what, 0, null),
  });
  for (const line of ready.dropped) say(`left out: ${line}`);

  const proved = await proveAll(parts, ready.images, fullStore, READY_SHARE);
  parts.update(proved);
  for (const { what, need, reason } of proved.skipped) say(`skipped: ${what}: ${need}: ${reason}`);
  const unequal = proved.proofs.filter((proof) => !proof.equal);
  for (const { arm, image, difference } of unequal)
    say(`not the same tree: ${arm} on ${image}: ${difference}`);

  const shows = (image: string, arm: string): boolean =>
    proved.proofs.some((proof) => proof.image === image && proof.arm === arm && proof.equal);
  const names = ready.images.map((image) => image.name);
  // Objects that only hidden files of lower layers had are no garbage that a slot should find.
  fullStore.collect(ready.images);
  const groups = groupsOf(names, parts.scenarios, arms, shows).filter((group) => group.arms.length > 0);
  const executor = openExecutor(parts, ready.images, fullStore);
  const rough = roughCosts(groups, ready.sizes, {
    countPasses: 0,
    slowness: ready.slowness,
    prepared: new Set(names),
  });
  const counting = countingSlots(groups, countPasses);
  const counted = await executor.run({
    slots: counting,
    groups,
    costs: perSlot(groups, rough),
    laterNs: blocks * rough.reduce((sum, { blockNs }) => sum + blockNs, 0),
    share: [READY_SHARE, COUNTED_SHARE],
  });

  const costs = measuredCosts(groups, counted.samples, rough, baseline);
  const fit = fitBudget(costs, blocks, deadline.leftNs());
  for (const line of fit.dropped) say(`left out: ${line}`);
  const kept = groups.filter(
    (group) => fit.images.includes(group.image) && fit.scenarios.includes(group.scenario.id),
  );
  const timing = timingSlots(kept, { blocks, baseline, seed, firstSeq: counting.length });
  parts.update({
    plan: {
      arms: arms.map((arm) => arm.id),
      scenarios: fit.scenarios,
      images: fit.images,
      dropped: [...ready.dropped, ...fit.dropped],
      slots: [...counting, ...timing],
    },
  });
  const timed =
    counted.stop === null && !interrupted()
      ? await executor.run({
          slots: timing,
          groups: kept,
          costs: perSlot(groups, costs),
          laterNs: 0,
          share: [COUNTED_SHARE, 1],
        })
      : counted;
  const bad = executor.tally.failed > 0 || unequal.length > 0;
  return {
    status: timed.stop ?? (interrupted() ? 'interrupted' : bad ? 'failed' : 'complete'),
    okCount: executor.tally.ok,
    failedCount: executor.tally.failed,
    unequal,
  };
};
