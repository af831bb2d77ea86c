// Every arm proved on every image, before anything is timed: one mount is walked on each of two CPUs, and of images that are still
// being made ready each as soon as it is.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Fairness, ImageInfo, Proof, RunFile } from '../../results/schema/run.ts';
import { openWalker, seesTrusted } from '../digest/of-mount.ts';
import { expectedListing } from '../digest/of-tree.ts';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { createMachine } from '../sys/machine.ts';
import type { Arm } from './arm.ts';
import { sparseIn } from './fairness.ts';
import { describeImage } from './image-info.ts';
import type { RunParts } from './parts.ts';
import type { Group } from './plan.ts';
import { type Expected, oneAtATime, type Proved, prove } from './prove.ts';

export interface Proofs {
  readonly proofs: readonly Proof[];
  readonly skipped: RunFile['skipped'];
  readonly images: readonly ImageInfo[];
  readonly fairness: readonly Fairness[];
}

/** A walk keeps one CPU busy, and memory for the listing of one image. */
const LANES = Math.min(2, availableParallelism());

export interface ImageToProve {
  readonly image: Image;
  /** What is going to be measured: only that is proved. */
  readonly groups: readonly Group[];
}

export interface ToProve {
  readonly images: AsyncIterable<ImageToProve>;
  readonly store: Store;
  /** Where the progress line stands. */
  readonly done: number;
  readonly onProved: (arm: string, image: string) => void;
}

const armsFor = (image: Image, groups: readonly Group[], arms: readonly Arm[]): readonly Arm[] => {
  const wanted = new Set(
    groups
      .filter((group) => group.image === image.name || group.others?.includes(image.name) === true)
      .flatMap((group) => group.arms.map(({ id }) => id)),
  );
  return arms.filter(({ id }) => wanted.has(id));
};

interface Pair {
  readonly image: Image;
  readonly arm: Arm;
  readonly expected: Expected;
}

/** Without what was proved of images that had to go afterwards. */
export const ofImages = (
  { proofs, skipped, images, fairness }: Proofs,
  names: readonly string[],
): Proofs => ({
  proofs: proofs.filter(({ image }) => names.includes(image)),
  skipped,
  images: images.filter(({ name }) => names.includes(name)),
  fairness: fairness.filter(({ image }) => names.includes(image)),
});

export const proveAll = async (
  parts: RunParts,
  { images, store, done, onProved }: ToProve,
): Promise<Proofs> => {
  const { features, workspace, question } = parts;
  const machine = createMachine(features, { scratch: workspace.scratch, yields: true });
  const infos: ImageInfo[] = [];
  /** An image is described when its first arm is taken. */
  const pairs = async function* (): AsyncGenerator<Pair> {
    for await (const { image, groups } of images) {
      const listingPath = join(workspace.sources, `${infos.length}.expected`);
      const digests = expectedListing(image, { listingPath, trusted: seesTrusted() });
      infos.push(describeImage(image, digests.digest));
      for (const arm of armsFor(image, groups, question.arms))
        yield { image, arm, expected: { ...digests, listingPath } };
    }
  };
  const alone = oneAtATime();
  const proved: { readonly pair: Pair; readonly result: Proved }[] = [];
  const left = pairs();
  let taken = 0;
  const lane = async (): Promise<void> => {
    const walker = openWalker();
    try {
      for await (const pair of left) {
        // The images that are left are described all the same.
        if (parts.interrupted()) continue;
        const { image, arm, expected } = pair;
        const number = taken++;
        parts.progress(`proving ${image.name} on ${arm.id}`, done, null);
        const result = await prove({
          arm,
          image,
          expected,
          machine,
          store,
          folders: workspace.slot(`proof-${workspace.tag}-${number}`),
          workDir: workspace.dir,
          walk: walker.walk,
          alone,
        });
        proved[number] = { pair, result };
        onProved(arm.id, image.name);
      }
    } finally {
      await walker.close();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const sparseFileCount = sparseIn(store.objectDirs[0]!);
  return {
    images: infos,
    proofs: proved.flatMap(({ result }) => (result.kind === 'proof' ? [result.proof] : [])),
    fairness: proved.flatMap(({ result }) =>
      result.kind === 'proof' && result.fairness !== undefined
        ? [{ ...result.fairness, sparseFileCount }]
        : [],
    ),
    skipped: proved.flatMap(({ pair, result }) =>
      result.kind === 'skipped'
        ? [
            {
              kind: 'arm' as const,
              arm: pair.arm.id,
              backend: pair.arm.backend.id,
              image: pair.image.name,
              need: 'image',
              reason: result.reason,
            },
          ]
        : [],
    ),
  };
};
