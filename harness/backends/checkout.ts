// Checkouts: a link store that holds each distinct file once, and a tar of an image's tree whose files are hard links into it.
//
// Needs:   GNU tar and rm; link store and checkout on one file system.
// Does:    ingest: one existence check per file; if a file is missing, one `tar -x --skip-old-files` of the image's link store.
//          collect: one unlink per file that no kept image has. mount: a read-only bind mount.
// Error:   a file system limits the links of one inode: 65,000 on ext4.
// Leaves:  link store files when it dies before collect.
// Source:  tar(1) (--transform with flag h changes targets of hard links only); open_tree(2), mount_setattr(2).
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { DIGEST_BYTES } from '../model/interned.ts';
import type { BatchFiles, CollectFacts, Machine } from '../model/machine.ts';
import {
  LINK_STORE_MARK,
  linkKeys,
  writeLinkStoreTar,
  writeRelinkTar,
  writeTreeTar,
} from '../store/checkout-tar.ts';
import { ensureFolder } from '../store/folders.ts';
import { folderOf } from '../store/objects.ts';
import type { Maker } from '../store/planted-tree.ts';
import { skip } from './refuse.ts';

const HEX = '0123456789abcdef';
const FOLDER_MODE = 0o755;

export const NOT_WRITABLE = 'a checkout is measured without a writable layer';

interface CheckoutTars {
  readonly linkStore: string;
  readonly tree: string;
  /** The image's own hard links. */
  readonly relink: string;
}

const knownKeys = new WeakMap<Image, Set<string>>();
const keysOf = (image: Image): Set<string> => {
  const keys = knownKeys.get(image) ?? linkKeys(image.tree);
  knownKeys.set(image, keys);
  return keys;
};

/** Files that the image has in a link store. */
export const linkCountOf = (image: Image): number => keysOf(image).size;

/** The image's tars in its folder. The first call writes them. */
export const tarsOf = (image: Image): CheckoutTars => {
  const home = image.dir;
  const tars = {
    linkStore: join(home, 'checkout-links.tar'),
    tree: join(home, 'checkout-tree.tar'),
    relink: join(home, 'checkout-relink.tar'),
  };
  if (existsSync(tars.tree)) return tars;
  writeLinkStoreTar(tars.linkStore, image, image.base === undefined ? new Set() : keysOf(image.base));
  writeRelinkTar(tars.relink, image);
  writeTreeTar(`${tars.tree}.new`, image);
  renameSync(`${tars.tree}.new`, tars.tree);
  return tars;
};

/** One link store folder beside each folder of objects. */
export const linkStoresOf = (store: Store): readonly string[] =>
  store.objectDirs.map((dir) => join(dirname(dir), 'link-store'));

/** Bracket pattern of the first hex digits of the files in folder `number` of `count`. */
const digitsOf = (number: number, count: number): string =>
  `[${[...HEX].filter((_, digit) => digit % count === number).join('')}]`;

export const UNPACK = ['tar', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-p'];

const knownOwnKeys = new WeakMap<Image, readonly string[]>();
/** Of the files in the tar of the link store: those that the base does not have. */
const ownKeysOf = (image: Image): readonly string[] => {
  const inBase = image.base === undefined ? new Set<string>() : keysOf(image.base);
  const keys = knownOwnKeys.get(image) ?? [...keysOf(image)].filter((key) => !inBase.has(key));
  knownOwnKeys.set(image, keys);
  return keys;
};

const knownNames = new WeakMap<Image, Uint8Array>();
const namesOf = (image: Image): Uint8Array => {
  const names = knownNames.get(image) ?? Buffer.from([...keysOf(image)].join(''), 'hex');
  knownNames.set(image, names);
  return names;
};

/**
 * Checks file by file, as a runtime checks its store before it unpacks. An image without files for a link store needs the folders, which
 * nothing else would have made.
 */
const isInLinkStore = ({ files }: Machine, image: Image, dirs: readonly string[]): boolean => {
  if (keysOf(image).size === 0) return false;
  if (files.batch !== null) return files.batch.hasLinks(dirs, namesOf(image));
  for (const key of keysOf(image)) if (!files.exists(`${folderOf(key, dirs)}/${key}`)) return false;
  return true;
};

/** Adds the image's missing files to the link store, with one `tar -x` per link store folder that gets any. */
export const fillLinkStore = async (
  machine: Machine,
  image: Image,
  dirs: readonly string[],
): Promise<void> => {
  if (isInLinkStore(machine, image, dirs)) return;
  if (image.base !== undefined) await fillLinkStore(machine, image.base, dirs);
  const tars = tarsOf(image);
  for (const [number, dir] of dirs.entries()) {
    if (!machine.files.exists(dir)) machine.files.mkdir(dir, FOLDER_MODE);
    // tar fails if no name in the archive matches.
    if (!ownKeysOf(image).some((key) => folderOf(key, dirs) === dir)) continue;
    const only = dirs.length === 1 ? [] : ['--wildcards', `${digitsOf(number, dirs.length)}*`];
    await machine.command('tar', [...UNPACK, '--skip-old-files', '-xf', tars.linkStore, '-C', dir, ...only]);
  }
};

/** For a sed replacement whose delimiter is a comma. */
const escaped = (path: string): string => path.replace(/[\\&,]/g, '\\$&');

/** Makes the checkout with one `tar -x`: every file becomes a hard link into the link store. */
export const linkTree = async (
  machine: Machine,
  tars: CheckoutTars,
  { linkStores, into }: { readonly linkStores: readonly string[]; readonly into: string },
): Promise<void> => {
  machine.files.mkdir(into, FOLDER_MODE);
  const targets = linkStores.map(
    (dir, number) =>
      `--transform=s,^${LINK_STORE_MARK}/\\(${digitsOf(number, linkStores.length)}\\),${escaped(dir)}/\\1,hRS`,
  );
  await machine.command('tar', [...UNPACK, '-P', ...targets, '-xf', tars.tree, '-C', into]);
};

/** Removes link store files that no checkout uses: those with one name only. */
export const collectUnlinked = (machine: Machine, dirs: readonly string[]): CollectFacts =>
  batchOf(machine).collectLinkStore({ dirs, keep: null });

/**
 * Removes link store files that no kept image has. A link store folder is removed with its last file. Like a manifest, the names of an
 * image's files are in memory before the window, and read inside it.
 */
export const collectLinkStore = (
  { files }: Machine,
  dirs: readonly string[],
  keep: readonly Image[],
): CollectFacts => {
  if (files.batch !== null) return files.batch.collectLinkStore({ dirs, keep: keep.map(namesOf) });
  const from = process.hrtime.bigint();
  const live = new Set(keep.flatMap((image) => [...keysOf(image)]));
  const marked = process.hrtime.bigint();
  let [keptCount, removedCount] = [0, 0];
  for (const dir of dirs) {
    if (!files.exists(dir)) continue;
    const names = files.names(dir);
    const dead = names.filter((name) => !live.has(name));
    for (const name of dead) files.unlink(`${dir}/${name}`);
    if (dead.length === names.length) files.rmdir(dir);
    removedCount += dead.length;
    keptCount += names.length - dead.length;
  }
  return {
    markNs: Number(marked - from),
    sweepNs: Number(process.hrtime.bigint() - marked),
    liveCount: live.size,
    liveBytes: live.size * DIGEST_BYTES,
    keptCount,
    removedCount,
  };
};

export const batchOf = ({ files: { batch } }: Machine): BatchFiles =>
  batch ?? skip('the calls of timed windows are not compiled');

/** The owner and umask with which this process makes files. */
export const makerHere = (): Maker => ({
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  umask: process.umask(),
});

export const makeFolder = (path: string): string => {
  ensureFolder(path);
  return path;
};
