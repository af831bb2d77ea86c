// A checkout of reflinks: every file has an inode of its own and shares its blocks with the link store.
//
// Needs:   GNU tar, rm and cp; a work folder on a file system with reflinks, else an XFS on a loop file, made for the run.
// Does:    ingest: the link store, and a tree of hard links into it. create: one `cp -a --reflink=always` of that tree, which gives every
//          name an inode of its own, then one `tar -x` for the image's own hard links, if it has any. destroy: one `rm -rf`.
// Error:   files of equal contents and different metadata are in the link store twice, so its disk usage is an upper bound. Times on a
//          loop file are those of a loop device; `took` names it. du counts shared blocks every time; only statfs does not.
// Leaves:  the loop file, in the run's folder, when it dies.
// Source:  cp(1); ioctl_ficlone(2).
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Backend, Prepared, Store } from '../model/backend.ts';
import { SysError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine, MadeFileSystem } from '../model/machine.ts';
import { sharedInodes } from '../store/links.ts';
import {
  collectLinkStore,
  fillLinkStore,
  linkCountOf,
  linkTree,
  makeFolder,
  NOT_WRITABLE,
  tarsOf,
  UNPACK,
} from './checkout.ts';
import { bindMount } from './kernel-mount.ts';
import { CP, RM, ROOT, TAR } from './needs.ts';
import { refuseDigested, refuseUnpackable, refuseWritable } from './refuse.ts';

const TYPE = 'xfs';
const STEADY_READINGS = 200;
const STEADY_LIMIT_MS = 2000;

interface ReflinkHome {
  readonly root: string;
  /** Null: the home lies on the work file system. */
  readonly made: MadeFileSystem | null;
}

/** The made file systems of this process by folder: all images of a run share one. */
const madeByFolder = new Map<string, MadeFileSystem>();

const fileSystemAt = async (folder: string, machine: Machine): Promise<MadeFileSystem> => {
  const known = madeByFolder.get(folder);
  if (known !== undefined && machine.mounts.typeAt(known.root) === TYPE) return known;
  const made = await machine.fileSystem(TYPE, makeFolder(folder));
  madeByFolder.set(folder, made);
  return made;
};

const homeFor = async (image: Image, machine: Machine): Promise<ReflinkHome> => {
  const folder = join(dirname(image.dir), 'reflink');
  if (machine.features['work-reflink'].ok) return { root: makeFolder(folder), made: null };
  const made = await fileSystemAt(folder, machine);
  return { root: made.root, made };
};

/** XFS frees removed inodes after a delay: reads the usage until it stands still. */
const steadyUsage = (machine: Machine, { root, usage }: MadeFileSystem): ReturnType<typeof usage> => {
  machine.files.syncfs(root);
  let last = usage();
  let equalReadings = 0;
  machine.waitFor(() => {
    const now = usage();
    equalReadings = now.bytes === last.bytes && now.inodeCount === last.inodeCount ? equalReadings + 1 : 0;
    last = now;
    return equalReadings >= STEADY_READINGS;
  }, STEADY_LIMIT_MS);
  return last;
};

/** The end of a path that names slot, worker and life. */
const OWN_CHARACTERS = 60;

/** Keeps a folder that has trees of other images, or was never made. */
const removeIfEmpty = ({ files }: Machine, folder: string): void => {
  try {
    files.rmdir(folder);
  } catch (error) {
    if (!(error instanceof SysError) || !['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
};

/** On another file system than `dir`, whose path gives it a name of its own. */
const rootFor = (dir: string, home: string): string =>
  join(home, `checkout-${dir.replaceAll('/', '-').slice(-OWN_CHARACTERS)}`);

const reflinkLifecycle = (image: Image, machine: Machine, { root: home, made }: ReflinkHome): Prepared => {
  const tars = tarsOf(image);
  const hasLinks = sharedInodes(image.tree).size > 0;
  const storeHome = (store: Store): string =>
    join(home, createHash('sha256').update(store.objectDirs.join('\n')).digest('hex').slice(0, 16));
  const treeOf = (store: Store): string => join(storeHome(store), image.manifestDigest);
  const linkStoreOf = (store: Store): string => join(storeHome(store), 'link-store');
  return {
    // cp reads names and inodes of the tree, and no contents.
    sources: (store) =>
      store.state === 'empty'
        ? Object.values(tars)
        : [{ path: treeOf(store), reads: () => false }, ...(hasLinks ? [tars.relink] : [])],
    ...(made === null ? {} : { ownFileSystem: made.root, outside: () => steadyUsage(machine, made) }),
    async ingest(store, how) {
      refuseDigested(how);
      makeFolder(storeHome(store));
      await fillLinkStore(machine, image, [linkStoreOf(store)]);
      if (!machine.files.exists(treeOf(store)))
        await linkTree(machine, tars, { linkStores: [linkStoreOf(store)], into: treeOf(store) });
    },
    async create(store, dir) {
      // On the work file system the tree is in the folder of the slot, where its space and leftovers are seen.
      const root = made === null ? join(dir, 'root') : rootFor(dir, home);
      const copy = ['cp', '-a', '--reflink=always', '--no-preserve=links', '-T', treeOf(store), root];
      await machine.command('cp', copy);
      if (hasLinks) await machine.command('tar', [...UNPACK, '-xf', tars.relink, '-C', root]);
      return {
        async mount(at, writable) {
          refuseWritable(writable, NOT_WRITABLE);
          const on = made === null ? 'work folder' : 'XFS on a loop file';
          return bindMount(machine, { folder: root, at, took: { on } });
        },
        destroy: () => machine.command('rm', ['rm', '-rf', root]),
      };
    },
    async collect(store, keep) {
      if (!keep.includes(image)) await machine.command('rm', ['rm', '-rf', treeOf(store)]);
      const facts = collectLinkStore(machine, [linkStoreOf(store)], keep);
      if (store.state === 'empty' && keep.length === 0) removeIfEmpty(machine, storeHome(store));
      return facts;
    },
    storedCount: linkCountOf,
  };
};

export const backend: Backend = {
  id: 'reflink-checkout',
  title: 'a reflink checkout',
  how: 'GNU cp makes a tree of reflinks to the files of a link store, a bind mount shows it, rm -rf removes it; on an XFS on a loop file where the work file system has no reflinks.',
  answers: 'Reflinks share disk without merging inodes.',
  idle: [],
  createsFiles: true,
  needs: [
    ROOT,
    { title: 'reflinks, or XFS on a loop file', anyOf: ['work-reflink', 'xfs-loop'] },
    CP,
    TAR,
    RM,
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    return reflinkLifecycle(image, machine, await homeFor(image, machine));
  },
};
