// Every arm proved on every image, before anything is timed.
import { join } from 'node:path';
import type { Fairness, ImageInfo, Proof, RunFile } from '../../results/schema/run.ts';
import { openWalker, seesTrusted } from '../digest/of-mount.ts';
import { expectedListing } from '../digest/of-tree.ts';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { createMachine } from '../sys/machine.ts';
import type { Arm } from './arm.ts';
import { describeImage } from './image-info.ts';
import type { RunParts } from './parts.ts';
import type { Group } from './plan.ts';
import { prove } from './prove.ts';

export interface Proofs {
  readonly proofs: readonly Proof[];
  readonly skipped: RunFile['skipped'];
  readonly images: readonly ImageInfo[];
  readonly fairness: readonly Fairness[];
}

const PROOF_SLOT = 'proof';

export interface ToProve {
  readonly images: readonly Image[];
  /** What is going to be measured: only that is proved. */
  readonly groups: readonly Group[];
  readonly store: Store;
  /** Where the progress line stands. */
  readonly done: number;
}

const armsFor = (image: Image, groups: readonly Group[], arms: readonly Arm[]): readonly Arm[] => {
  const wanted = new Set(
    groups
      .filter((group) => group.image === image.name || group.others?.includes(image.name) === true)
      .flatMap((group) => group.arms.map(({ id }) => id)),
  );
  return arms.filter(({ id }) => wanted.has(id));
};

export const proveAll = async (
  parts: RunParts,
  { images, groups, store, done }: ToProve,
): Promise<Proofs> => {
  const { features, workspace, question } = parts;
  const machine = createMachine(features, { scratch: workspace.scratch });
  const proofs: Proof[] = [];
  const skipped: RunFile['skipped'][number][] = [];
  const infos: ImageInfo[] = [];
  const fairness: Fairness[] = [];
  const walker = openWalker();
  try {
    for (const [number, image] of images.entries()) {
      const listingPath = join(workspace.sources, `${number}.expected`);
      const digests = expectedListing(image, { listingPath, trusted: seesTrusted() });
      infos.push(describeImage(image, digests.digest));
      for (const arm of armsFor(image, groups, question.arms)) {
        if (parts.interrupted()) break;
        parts.progress(`proving ${image.name} on ${arm.id}`, done, null);
        const folders = workspace.slot(PROOF_SLOT);
        const proved = await prove({
          arm,
          image,
          expected: { ...digests, listingPath },
          machine,
          store,
          folders,
          workDir: workspace.dir,
          walk: walker.walk,
        });
        if (proved.kind === 'proof' && proved.fairness !== undefined) fairness.push(proved.fairness);
        if (proved.kind === 'proof') proofs.push(proved.proof);
        else skipped.push({ what: `${arm.id} on ${image.name}`, need: 'image', reason: proved.reason });
      }
    }
  } finally {
    await walker.end();
  }
  return { proofs, skipped, images: infos, fairness };
};
