// A checkout of reflinks: every file an inode of its own whose blocks are shared with the pool's.
//
// Needs:   GNU tar, rm and cp; a work folder whose file system has reflinks, else an XFS on a loop file, made for the run.
// Does:    ingest: the pool, and a tree of hard links into it. create: one `cp -a --reflink=always` of that tree, each name an
//          inode again, then one `tar -x` for the image's own hard links where it has some. destroy: one `rm -rf`.
// Error:   files of equal contents and other metadata are in the pool twice: what it takes on disk is an upper bound. On a loop
//          file, times are those of a loop device, and the mount's `took` says so. du counts shared blocks every time; only statfs of the whole file system does not.
// Leaves:  the file system's file, with the run's folder, when it dies.
// Source:  cp(1); ioctl_ficlone(2).
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Backend, Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine, MadeFileSystem } from '../model/machine.ts';
import { sharedInodes } from '../store/links.ts';
import {
  collectPool,
  fillPool,
  linkTree,
  makeFolder,
  mountCheckout,
  refuseDigested,
  refuseUnpackable,
  refuseWritable,
  tarsOf,
  UNPACK,
} from './checkout.ts';

const TYPE = 'xfs';
const STEADY_LOOKS = 200;
const STEADY_LIMIT_MS = 2000;
const made = new Map<string, MadeFileSystem>();

interface Place {
  readonly root: string;
  /** Null: the work file system. */
  readonly made: MadeFileSystem | null;
}

/** One for all images of a run, which are prepared side by side in one folder. */
const placeFor = async (image: Image, machine: Machine): Promise<Place> => {
  const home = join(dirname(dirname(image.packPath)), 'reflink');
  if (machine.features['work-reflink'].ok) return { root: makeFolder(home), made: null };
  const own = await fileSystemAt(home, machine);
  return { root: own.root, made: own };
};

const fileSystemAt = async (home: string, machine: Machine): Promise<MadeFileSystem> => {
  const known = made.get(home);
  if (known !== undefined && machine.mounts.typeAt(known.root) === TYPE) return known;
  const fresh = await machine.fileSystem(TYPE, makeFolder(home));
  made.set(home, fresh);
  return fresh;
};

/** XFS gives removed inodes back a while later. */
const steadyUsage = (machine: Machine, { root, usage }: MadeFileSystem): ReturnType<typeof usage> => {
  machine.files.syncfs(root);
  let last = usage();
  let equalLooks = 0;
  machine.waitFor(() => {
    const now = usage();
    equalLooks = now.bytes === last.bytes && now.inodeCount === last.inodeCount ? equalLooks + 1 : 0;
    last = now;
    return equalLooks >= STEADY_LOOKS;
  }, STEADY_LIMIT_MS);
  return last;
};

let checkoutCount = 0;

export const backend: Backend = {
  id: 'reflink-checkout',
  title: 'reflink checkout',
  how: 'GNU cp makes a tree of reflinks to the files of a pool, a bind mount shows it, rm -rf removes it; on an XFS of its own, on a loop file, where the work file system has no reflinks.',
  answers: 'Reflinks share disk without merging inodes.',
  idle: [],
  createsFiles: true,
  needs: [
    { title: 'root in the initial user namespace', anyOf: ['root'] },
    { title: 'reflinks, or XFS on a loop file', anyOf: ['work-reflink', 'xfs-loop'] },
    { title: 'GNU cp', anyOf: ['cp'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    { title: 'rm', anyOf: ['rm'] },
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    const tars = tarsOf(image);
    const place = await placeFor(image, machine);
    const { made: own } = place;
    const linked = sharedInodes(image.tree).size > 0;
    const homeOf = (store: Store): string =>
      join(place.root, createHash('sha256').update(store.objectDirs.join('\n')).digest('hex').slice(0, 16));
    const treeOf = (store: Store): string => join(homeOf(store), image.manifestDigest);
    const poolOf = (store: Store): string => join(homeOf(store), 'pool');
    return {
      ...(own === null ? {} : { ownFileSystem: own.root, outside: () => steadyUsage(machine, own) }),
      async ingest(store, how) {
        refuseDigested(how);
        makeFolder(homeOf(store));
        await fillPool(machine, image, [poolOf(store)]);
        if (!machine.files.exists(treeOf(store)))
          await linkTree(machine, tars, { pools: [poolOf(store)], into: treeOf(store) });
      },
      async create(store) {
        const root = join(place.root, `checkout-${checkoutCount++}`);
        const copy = ['cp', '-a', '--reflink=always', '--no-preserve=links', '-T', treeOf(store), root];
        await machine.command('cp', copy);
        if (linked) await machine.command('tar', [...UNPACK, '-xf', tars.relink, '-C', root]);
        return {
          async mount(at, writable) {
            refuseWritable(writable);
            return mountCheckout(machine, root, at, own === null ? 'work folder' : 'XFS on a loop file');
          },
          destroy: () => machine.command('rm', ['rm', '-rf', root]),
        };
      },
      async collect(store, keep) {
        if (!keep.includes(image)) await machine.command('rm', ['rm', '-rf', treeOf(store)]);
        collectPool(machine, [poolOf(store)], keep);
      },
    };
  },
};
