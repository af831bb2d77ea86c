// Proves every arm on every image before anything is timed: each image as soon as it is prepared, one walk per lane.
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Fairness, ImageInfo, Proof, RunFile } from '../../results/schema/run.ts';
import { openWalker, seesTrusted, type WalkMount } from '../digest/of-mount.ts';
import { expectedListing } from '../digest/of-tree.ts';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { sizeOf } from '../model/image-size.ts';
import type { ImageSize } from '../model/scenario.ts';
import { createMachine } from '../sys/machine.ts';
import type { Arm } from './arm.ts';
import { sparseIn } from './fairness.ts';
import { describeImage } from './image-info.ts';
import { storeOf } from './image-store.ts';
import { unseenLimitNs, walkLimitNs, withinBudget } from './limits.ts';
import type { RunParts } from './parts.ts';
import type { Group } from './plan.ts';
import { type Expected, oneAtATime, type Proved, prove } from './prove.ts';
import { drawnMembers, withMembers } from './prove-members.ts';
import type { StepLimits } from './step-limits.ts';

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
  /** The groups to measure: only their mounts are proved. */
  readonly groups: readonly Group[];
}

export interface ToProve {
  readonly images: AsyncIterable<ImageToProve>;
  readonly store: Store;
  /** Where the progress line stands. */
  readonly done: number;
  readonly onProved: (arm: string, image: string) => void;
  readonly steps: StepLimits;
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
  /** The name under which it is measured: for a member that of its family. */
  readonly measuredAs: string;
  readonly arm: Arm;
  readonly expected: Expected;
  readonly size: ImageSize;
}

/** Without the proofs of images that were dropped later. */
export const ofImages = (
  { proofs, skipped, images, fairness }: Proofs,
  names: readonly string[],
): Proofs => ({
  proofs: proofs.filter(({ image }) => names.includes(image)),
  skipped,
  images: images.filter(({ name }) => names.includes(name)),
  fairness: fairness.filter(({ image }) => names.includes(image)),
});

interface ProvedPair {
  readonly pair: Pair;
  readonly result: Proved;
}

/** The arms of each image, in order. An image is described when its first arm is taken. */
async function* pairsOf(
  parts: RunParts,
  { images, steps }: Pick<ToProve, 'images' | 'steps'>,
  infos: ImageInfo[],
): AsyncGenerator<Pair> {
  const { workspace, question } = parts;
  let listingCount = 0;
  const expectedOf = (image: Image): Expected => {
    const listingPath = join(workspace.sources, `${listingCount++}.expected`);
    const end = steps.begin(walkLimitNs(sizeOf({ tree: image.tree })));
    try {
      return { ...expectedListing(image, { listingPath, trusted: seesTrusted() }), listingPath };
    } finally {
      end();
    }
  };
  for await (const { image, groups } of images) {
    const arms = armsFor(image, groups, question.arms);
    const expected = expectedOf(image);
    infos.push(describeImage(image, expected.digest));
    const size = sizeOf({ tree: image.tree });
    for (const arm of arms) yield { image, measuredAs: image.name, arm, expected, size };
    for await (const member of drawnMembers(image, parts)) {
      const ofMember = { expected: expectedOf(member), size: sizeOf({ tree: member.tree }) };
      for (const arm of arms) yield { image: member, measuredAs: image.name, arm, ...ofMember };
    }
  }
}

const isUncompared = (result: Proved): boolean => result.kind === 'proof' && result.proof.treeDigest === null;

/** A mount that could not be compared is tried once more, because its server may have been killed. */
const proveTwice = async (parts: RunParts, attempt: (number: number) => Promise<Proved>): Promise<Proved> => {
  const first = await attempt(0);
  if (!isUncompared(first) || parts.interrupted() || first.kind !== 'proof') return first;
  const { arm, image, difference } = first.proof;
  parts.say(`proved once more: ${arm} on ${image}: ${difference}`);
  return attempt(1);
};

/** In the order in which the proofs began. */
const provePairs = async (
  parts: RunParts,
  { store, done, onProved, steps }: ToProve,
  pairs: AsyncGenerator<Pair>,
): Promise<readonly ProvedPair[]> => {
  const { features, workspace } = parts;
  const withinMs = (limitNs: number): number => Math.ceil(withinBudget(limitNs, parts.deadline) / 1e6);
  const alone = oneAtATime();
  const proved: ProvedPair[] = [];
  let taken = 0;
  const lane = async (_: unknown, laneNumber: number): Promise<void> => {
    // A machine of its own, whose servers are those of this lane.
    const scratch = join(workspace.scratch, `lane-${laneNumber}`);
    mkdirSync(scratch);
    let commandNs = 0;
    const machine = createMachine(features, {
      scratch,
      workDir: workspace.dir,
      commandLimitMs: () => withinMs(commandNs),
      yields: true,
    });
    const walker = openWalker();
    const walk: WalkMount = (root, options) =>
      walker.walk(root, {
        ...options,
        beforeKill: () => machine.servers.abort(root),
      });
    try {
      for await (const pair of pairs) {
        // After an interrupt, the remaining images are still described.
        if (parts.interrupted()) continue;
        const number = taken++;
        commandNs = unseenLimitNs(pair.size);
        const walkLimitMs = (): number => withinMs(walkLimitNs(pair.size));
        parts.progress(`proving ${pair.image.name} on ${pair.arm.id}`, done, null);
        const ofImage = storeOf(pair.image, store, machine);
        const shared = { machine, store: ofImage, workDir: workspace.dir, walk, walkLimitMs, alone };
        const result = await proveTwice(parts, (attempt) => {
          const folders = workspace.slot(`proof-${workspace.tag}-${number}-${attempt}`);
          const end = steps.begin(commandNs + walkLimitNs(pair.size));
          return prove({ ...pair, ...shared, folders }).finally(end);
        });
        proved[number] = { pair, result };
        onProved(pair.arm.id, pair.measuredAs);
      }
    } finally {
      await walker.close();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: LANES }).map(lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return proved;
};

const skippedOf = ({ pair: { arm, image, measuredAs }, result }: ProvedPair): Proofs['skipped'] =>
  result.kind === 'skipped' && image.name === measuredAs
    ? [
        {
          ...{ kind: 'arm' as const, arm: arm.id, backend: arm.backend.id, image: image.name },
          ...{ need: 'image', reason: result.reason },
        },
      ]
    : [];

export const proveAll = async (parts: RunParts, toProve: ToProve): Promise<Proofs> => {
  const infos: ImageInfo[] = [];
  const proved = await provePairs(parts, toProve, pairsOf(parts, toProve, infos));
  const sparseFileCount = sparseIn(toProve.store.objectDirs[0]!);
  return {
    images: infos,
    proofs: withMembers(
      proved.flatMap(({ pair, result }) =>
        result.kind === 'proof' ? [{ measuredAs: pair.measuredAs, proof: result.proof }] : [],
      ),
    ),
    fairness: proved.flatMap(({ pair, result }) =>
      result.kind === 'proof' && result.fairness !== undefined && pair.image.name === pair.measuredAs
        ? [{ ...result.fairness, sparseFileCount }]
        : [],
    ),
    skipped: proved.flatMap(skippedOf),
  };
};
