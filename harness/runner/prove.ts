// The same tree, proved before anything is timed: every arm mounts every image once, a child process walks the mount, and the
// digest must be the image's own. On the way the run's full store gets what the arm keeps there (unpacked layers).
import { join } from 'node:path';
import type { Fairness, Proof } from '../../results/schema/run.ts';
import { firstDifference } from '../digest/compare.ts';
import { type Digests, digestAt, type Level } from '../digest/listing.ts';
import { seesTrusted, type WalkMount } from '../digest/of-mount.ts';
import { setsSelinux } from '../digest/of-tree.ts';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import type { Arm } from './arm.ts';
import { fairnessOf } from './fairness.ts';
import type { SlotFolders } from './workspace.ts';

export interface Expected extends Digests {
  readonly listingPath: string;
}

export interface ProofParts {
  readonly arm: Arm;
  readonly image: Image;
  readonly expected: Expected;
  readonly machine: Machine;
  readonly store: Store;
  readonly folders: SlotFolders;
  /** The run's work folder. */
  readonly workDir: string;
  readonly walk: WalkMount;
}

export type Proved =
  | { readonly kind: 'proof'; readonly proof: Proof; readonly fairness?: Fairness }
  | { readonly kind: 'skipped'; readonly reason: string };

const WALK_BASE_MS = 60_000;
const WALK_MS_PER_MB = 50;

const look = async (mounted: Mounted, parts: ProofParts): Promise<Proof> => {
  const { arm, image, expected, folders } = parts;
  const level: Level = arm.backend.shows;
  const listingPath = join(folders.dir, 'seen.listing');
  const bytes = image.objects.reduce((sum, object) => sum + object.sizeBytes, 0);
  const walked = await parts.walk(mounted.root, {
    timeoutMs: WALK_BASE_MS + (bytes / 1e6) * WALK_MS_PER_MB,
    listingPath,
    contents: level !== 'metadata',
    bare: level === 'metadata',
    selinux: setsSelinux(image.tree),
    trusted: seesTrusted(),
  });
  const treeDigest = digestAt(walked, level);
  const equal = treeDigest === digestAt(expected, level);
  const difference = equal ? null : firstDifference(expected.listingPath, listingPath, level);
  const { fsType, took } = mounted;
  return { image: image.name, arm: arm.id, fsType, took, treeDigest, equal, difference, level };
};

export const prove = async (parts: ProofParts): Promise<Proved> => {
  const { arm, image, machine, store, folders } = parts;
  let mounted: Mounted | null = null;
  let prepared: Prepared | null = null;
  try {
    prepared = await arm.backend.prepare(image, machine, arm.options);
    await prepared.ingest(store);
    // Never destroyed: what create puts into the full store is to stay there.
    const created = await prepared.create(store, folders.fresh('image'));
    mounted = await created.mount(folders.fresh('mount'));
    const proof = await look(mounted, parts);
    const fairness = fairnessOf(image, {
      arm: arm.id,
      folder: folders.dir,
      objectDir: store.objectDirs[0]!,
      workDir: parts.workDir,
    });
    await mounted.unmount();
    await mounted.settle();
    mounted = null;
    return { kind: 'proof', proof, fairness };
  } catch (error) {
    if (error instanceof UserError && error.code === 'skip')
      return { kind: 'skipped', reason: error.message };
    if (!(error instanceof UserError)) throw error;
    const difference = [error.message, ...error.facts].join('; ');
    const proof = {
      image: image.name,
      arm: arm.id,
      treeDigest: null,
      equal: false,
      difference,
      level: arm.backend.shows,
      fsType: '',
      took: {},
    };
    return { kind: 'proof', proof };
  } finally {
    mounted?.abandon();
    await prepared?.release?.();
    folders.remove();
  }
};
