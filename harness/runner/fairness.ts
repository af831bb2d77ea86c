// Facts about each arm on each image, read while it is mounted: sizes, inodes, xattrs, and its mounts as the kernel lists them.
//
// Reads:  the manifest in memory, mountinfo, the store's files by lstat.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publicMountOptions } from '../../results/schema/public-facts.ts';
import type { Fairness } from '../../results/schema/run.ts';
import type { Backend } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { inspectManifest } from '../store/inspect.ts';
import { isBelow, mountOf, readMounts } from '../sys/mountinfo.ts';

const DISK_BLOCK_BYTES = 512;

/** Number of sparse files in a folder of objects; null if it cannot be read. */
export const sparseIn = (dir: string): number | null => {
  try {
    let sparse = 0;
    for (const prefix of readdirSync(dir))
      for (const name of readdirSync(join(dir, prefix))) {
        const { size, blocks } = lstatSync(join(dir, prefix, name));
        if (blocks * DISK_BLOCK_BYTES < size) sparse++;
      }
    return sparse;
  } catch {
    return null; // No store, or a store of another user.
  }
};

const ofTree = ({ tree }: Image): { readonly xattrEntryCount: number; readonly digests: boolean } => {
  let xattrEntryCount = 0;
  let digests = false;
  for (let index = 0; index < tree.count; index++) {
    const { xattrs, digest } = tree.entry(index);
    if (xattrs.length > 0) xattrEntryCount++;
    digests ||= digest !== null;
  }
  return { xattrEntryCount, digests };
};

type ManifestFacts = Pick<
  Fairness,
  'manifestBytes' | 'inodeCount' | 'compactInodeCount' | 'extendedInodeCount'
>;

const NO_MANIFEST: ManifestFacts = {
  manifestBytes: null,
  inodeCount: null,
  compactInodeCount: null,
  extendedInodeCount: null,
};

const ofManifest = ({ manifest }: Image): ManifestFacts => {
  const { inodeCount, compactCount, extendedCount } = inspectManifest(manifest);
  return {
    manifestBytes: manifest.length,
    inodeCount,
    compactInodeCount: compactCount,
    extendedInodeCount: extendedCount,
  };
};

export interface Mounting {
  readonly arm: string;
  readonly backend: Pick<Backend, 'createsFiles'>;
  /** Folder below which the arm mounts. */
  readonly folder: string;
  /** Shown as WORK. */
  readonly workDir: string;
}

/** Sparse files are counted once for all arms, after every object was ingested. */
export type FairnessOfArm = Omit<Fairness, 'sparseFileCount'>;

export const fairnessOf = (image: Image, { arm, backend, folder, workDir }: Mounting): FairnessOfArm => {
  const mounts = readMounts();
  const backing = mountOf(mounts, workDir);
  const short = (text: string): string => text.replaceAll(workDir, 'WORK').replace(/-{8,}/g, '-');
  const { xattrEntryCount, digests } = ofTree(image);
  return {
    image: image.name,
    arm,
    ...(backend.createsFiles === true ? NO_MANIFEST : ofManifest(image)),
    xattrEntryCount,
    digests: digests && backend.createsFiles !== true,
    hasAcl: inspectManifest(image.manifest).hasAcl,
    backing:
      backing === undefined
        ? 'unknown'
        : `${backing.type} ${publicMountOptions(`${backing.attributes},${backing.options}`)}`,
    mounts: mounts
      .filter(({ at }) => isBelow(at, folder))
      .map(({ type, attributes, options }) => short(`${type} ${attributes},${options}`)),
  };
};
