// Prepares the images of a run and proves their mounts.
import { FEWEST_PASSES } from '../../results/compare/counts.ts';
import { skippedText } from '../../results/not-measured.ts';
import type { Proof } from '../../results/schema/run.ts';
import type { Store } from '../model/backend.ts';
import { createStore } from '../store/store.ts';
import { createMachine } from '../sys/machine.ts';
import { pairKey } from './budget.ts';
import { openDeadline } from './clock.ts';
import { openFlow } from './flow.ts';
import type { RunParts } from './parts.ts';
import { keyOf } from './plan.ts';
import { type ImageToProve, ofImages, type Proofs, proveAll } from './prove-all.ts';
import { makeReady, type Ready } from './ready.ts';
import { endedUnmeasured } from './resume.ts';
import { openStepLimits } from './step-limits.ts';
import { writeBack } from './workspace.ts';

export interface PreparedRun {
  readonly ready: Ready;
  readonly proofs: Proofs;
  readonly fullStore: Store;
}

/** Prepares the images and meanwhile proves the mounts of those that are ready. */
export const prepareAll = async (parts: RunParts): Promise<PreparedRun> => {
  const { question, workspace, progress, before, features } = parts;
  const ended = endedUnmeasured(before);
  const { files } = createMachine(features, { scratch: workspace.scratch });
  const fullStore = createStore({ state: 'full', dir: workspace.store, files });
  const toProve = openFlow<ImageToProve>();
  if (question.scenarios.some(({ inspects = false }) => inspects)) parts.inspector.start();
  const pairsProved = new Set<string>();
  const onProved = (arm: string, image: string): void => void pairsProved.add(pairKey(arm, image));
  const steps = openStepLimits(parts.limit, parts.readyLimitNs);
  const proving = proveAll(parts, { images: toProve, store: fullStore, done: 0, onProved, steps });
  const readying = makeReady({
    ...parts,
    leavesOut: (group) => ended.has(keyOf(group)),
    // A resumed run prepares the images that it planned, whatever the time.
    ...(before.slots.length > 0 ? { deadline: openDeadline(0n, null) } : {}),
    remaining: { passes: FEWEST_PASSES, blocks: parts.countOnly ? 0 : parts.looks[0]! },
    objectDir: fullStore.objectDirs[0]!,
    rootless: !features.root.ok,
    proved: pairsProved,
    steps,
    progress: (text) => progress(text, 0, null),
    onReady: (image, groups) => toProve.push({ image, groups }),
  }).finally(toProve.end);
  // Written back while mounts are walked: otherwise the first slot would wait for it.
  const written = readying.then(() => writeBack(workspace));
  // Both end before an error of one is thrown.
  await Promise.allSettled([written, proving]);
  const ready = await readying;
  const proofs = ofImages(
    await proving,
    ready.images.map(({ name }) => name),
  );
  // Objects that only hidden files of lower layers had are not garbage that a slot should find.
  fullStore.collect(ready.images.filter(({ family }) => family === undefined));
  return { ready, proofs, fullStore };
};

export const reportProofs = ({ update, say }: RunParts, proofs: Proofs): readonly Proof[] => {
  update(proofs);
  for (const part of proofs.skipped) say(`skipped: ${skippedText(part)}`);
  const unequal = proofs.proofs.filter((proof) => !proof.equal);
  for (const { arm, image, treeDigest, difference } of unequal)
    say(`${treeDigest === null ? 'not proved' : 'not the same tree'}: ${arm} on ${image}: ${difference}`);
  return unequal;
};
