// Folders that are kept on purpose, because their files can be made again: the cache folder of the user, which has manifests and compiled
// programs, and the kernels and guests of `cfsbench vm`. Only `cfsbench clean --cache` removes them.
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { cachePath, quietly } from '../native/own-place.ts';
import { forgetFolder, recordedFolders } from '../sys/folder-index.ts';
import type { Mount } from '../sys/mountinfo.ts';
import { liveRuns } from '../sys/run-locks.ts';
import { cacheParent, VM_CACHE } from '../vm/cache.ts';
import { type Cleaned, cleanOne, failed, hasLeftoverName } from './leftovers.ts';

const BLOCK_BYTES = 512;

/** On disk. What cannot be read counts nothing. */
const bytesBelow = (path: string): number =>
  quietly(() => {
    const stat = lstatSync(path);
    const names = stat.isDirectory() ? quietly(() => readdirSync(path), []) : [];
    return names.reduce((sum, name) => sum + bytesBelow(join(path, name)), stat.blocks * BLOCK_BYTES);
  }, 0);

export interface CleanedCache {
  readonly path: string;
  /** What it holds; null: the name says it. */
  readonly title: string | null;
  /** Before it was removed. */
  readonly bytes: number;
  readonly cleaned: Cleaned;
}

/** A run takes its server, libraries and manifests from this folder, whenever it needs them. */
const cleanOwn = (path: string, removes: boolean): Cleaned => {
  if (liveRuns().length > 0) return { kind: 'live' };
  try {
    if (removes) rmSync(path, { recursive: true });
    return { kind: removes ? 'removed' : 'stays', isKept: false };
  } catch (error) {
    return failed(error);
  }
};

/** Caches in the index of folders, where they are by default, and in `dir`. They may be missing. */
const marked = (dir: string | undefined): readonly string[] => {
  const recorded = recordedFolders().filter((path) => !hasLeftoverName(path));
  const parents = [cacheParent(), ...(dir === undefined ? [] : [resolve(dir)])];
  return [...new Set([...recorded, ...parents.map((parent) => join(parent, VM_CACHE))])].sort();
};

export async function* cleanCaches(
  dir: string | undefined,
  removes: boolean,
  mounts: readonly Mount[],
): AsyncGenerator<CleanedCache> {
  const own = cachePath();
  const isInOwn = (path: string): boolean => own !== null && path.startsWith(`${own}${sep}`);
  const others = marked(dir);
  if (own !== null && existsSync(own))
    yield { path: own, title: null, bytes: bytesBelow(own), cleaned: cleanOwn(own, removes) };
  for (const path of others.filter(isInOwn)) if (!existsSync(path)) forgetFolder(path);
  for (const path of others.filter((one) => !isInOwn(one))) {
    const title = basename(path) === VM_CACHE ? 'kernels and guests of cfsbench vm' : null;
    const bytes = bytesBelow(path);
    yield { path, title, bytes, cleaned: await cleanOne(path, () => removes, mounts) };
  }
}
