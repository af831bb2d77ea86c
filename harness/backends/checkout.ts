// What checkouts have in common: a pool of files, each there once with everything its inode carries, and a tar of one image's
// tree whose files are hard links into the pool.
//
// Needs:   GNU tar and rm; pool and checkout on one file system.
// Does:    ingest: one existence check per file; where one is missing, one `tar -x --skip-old-files` of the image's pool. collect: one unlink per file that no kept image has.
//          mount: a read-only bind mount.
// Error:   a file system limits the links of one inode: 65,000 on ext4.
// Leaves:  pool files when it dies before collect.
// Source:  tar(1) (--transform with flag h changes targets of hard links only); open_tree(2), mount_setattr(2).
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IngestHow, Mounted, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Loops, Machine, Need } from '../model/machine.ts';
import { POOL_MARK, poolKeys, writePoolTar, writeRelinkTar, writeTreeTar } from '../store/checkout-tar.ts';
import { placeOf } from '../store/objects.ts';
import type { Maker } from '../store/planted-tree.ts';
import { attached, NOTHING_OWN } from './attached.ts';

const HEX = '0123456789abcdef';
const FOLDER_MODE = 0o755;

export interface Tars {
  readonly pool: string;
  readonly tree: string;
  /** Only the image's own hard links. */
  readonly relink: string;
}

/** The tars at hand, as after a download. */
export const tarsOf = (image: Image): Tars => {
  const home = dirname(image.packPath);
  const tars = {
    pool: join(home, 'checkout-pool.tar'),
    tree: join(home, 'checkout-tree.tar'),
    relink: join(home, 'checkout-relink.tar'),
  };
  if (existsSync(tars.tree)) return tars;
  writePoolTar(tars.pool, image);
  writeRelinkTar(tars.relink, image);
  writeTreeTar(`${tars.tree}.new`, image);
  renameSync(`${tars.tree}.new`, tars.tree);
  return tars;
};

/** Folders of the pool: one beside each folder of objects. */
export const poolDirsOf = (store: Store): readonly string[] =>
  store.objectDirs.map((dir) => join(dirname(dir), 'pool'));

/** First hex digits of the files that belong into one of several folders, as a pattern's brackets. */
const digitsOf = (place: number, places: number): string =>
  `[${[...HEX].filter((_, digit) => digit % places === place).join('')}]`;

export const UNPACK = ['tar', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-p'];

const knownKeys = new WeakMap<Image, Set<string>>();
const keysOf = (image: Image): Set<string> => {
  const keys = knownKeys.get(image) ?? poolKeys(image.tree);
  knownKeys.set(image, keys);
  return keys;
};

/** One check for each file, as a runtime asks its store before it unpacks anything. */
const isInPool = ({ files }: Machine, image: Image, dirs: readonly string[]): boolean => {
  for (const key of keysOf(image)) if (!files.exists(`${placeOf(key, dirs)}/${key}`)) return false;
  return true;
};

/** Brings in what is missing of the image's files, by one `tar -x` for each folder of the pool. */
export const fillPool = async (machine: Machine, image: Image, dirs: readonly string[]): Promise<void> => {
  if (isInPool(machine, image, dirs)) return;
  const tars = tarsOf(image);
  for (const [place, dir] of dirs.entries()) {
    if (!machine.files.exists(dir)) machine.files.mkdir(dir, FOLDER_MODE);
    const only = dirs.length === 1 ? [] : ['--wildcards', `${digitsOf(place, dirs.length)}*`];
    await machine.command('tar', [...UNPACK, '--skip-old-files', '-xf', tars.pool, '-C', dir, ...only]);
  }
};

/** In a sed expression's replacement and delimiter. */
const escaped = (path: string): string => path.replace(/[\\&,]/g, '\\$&');

/** One `tar -x`: folders, links and devices as they are, a hard link into the pool for every file. */
export const linkTree = async (
  machine: Machine,
  tars: Tars,
  { pools, into }: { readonly pools: readonly string[]; readonly into: string },
): Promise<void> => {
  machine.files.mkdir(into, FOLDER_MODE);
  const targets = pools.map(
    (dir, place) =>
      `--transform=s,^${POOL_MARK}/\\(${digitsOf(place, pools.length)}\\),${escaped(dir)}/\\1,hRS`,
  );
  await machine.command('tar', [...UNPACK, '-P', ...targets, '-xf', tars.tree, '-C', into]);
};

/** The pool's folder goes with its last file: it came with the first. */
export const collectPool = ({ files }: Machine, dirs: readonly string[], keep: readonly Image[]): void => {
  const kept = keep.map(keysOf);
  if (files.loops !== null) {
    const live = [...new Set(kept.flatMap((keys) => [...keys]))];
    files.loops.collectPool({ dirs, live: Buffer.from(live.join(''), 'hex') });
    return;
  }
  for (const dir of dirs) {
    if (!files.exists(dir)) continue;
    const names = files.names(dir);
    const dead = names.filter((name) => !kept.some((keys) => keys.has(name)));
    for (const name of dead) files.unlink(`${dir}/${name}`);
    if (dead.length === names.length) files.rmdir(dir);
  }
};

/** `on`: the file system that holds the checkout, where it may be another than the work folder's. */
export const mountCheckout = (machine: Machine, folder: string, at: string, on?: string): Mounted => {
  machine.calls((list) => list.attach(list.clone(folder), at));
  return attached(machine, {
    root: at,
    fsType: () => machine.mounts.typeAt(at) ?? 'no mount',
    took: { mount: 'bind', ...(on === undefined ? {} : { on }) },
    points: [at],
    free: { unmounted: at },
    held: NOTHING_OWN,
    source: folder,
  });
};

export const TIMED_CALLS: Need = { title: 'the compiled calls of timed windows', anyOf: ['timed-calls'] };

export const loopsOf = ({ files: { loops } }: Machine): Loops => {
  if (loops === null) throw new UserError('the calls of timed windows are not compiled', { code: 'skip' });
  return loops;
};

/** Whoever runs this: what a file has by being made here is not set again. */
export const makerHere = (): Maker => ({
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  umask: process.umask(),
});

/** A pool's files come in by tar, which knows no digest of theirs. */
export const refuseDigested = (how: IngestHow | undefined): void => {
  if (how === 'digested')
    throw new UserError('the files of a pool come in by tar, which digests nothing', { code: 'skip' });
};

export const refuseWritable = (writable: unknown): void => {
  if (writable !== undefined)
    throw new UserError('a checkout is measured without a writable layer', { code: 'skip' });
};

export const refuseUnpackable = ({ notUnpackable }: Image): void => {
  if (notUnpackable !== null) throw new UserError(notUnpackable, { code: 'skip' });
};

export const makeFolder = (path: string): string => {
  mkdirSync(path, { recursive: true });
  return path;
};
