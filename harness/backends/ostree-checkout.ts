// A checkout by ostree: commits in a bare repository share files by contents and metadata; a checkout links to them.
//
// Needs:   root, because a bare repository holds owners and attributes as they are; ostree and rm; repository and checkout on one file
//          system.
// Does:    ingest: one `ostree commit` of the image's tree, into a repository that it makes if there is none. create: one
//          `ostree checkout -H`. mount: a read-only bind mount. destroy: one `rm -rf`. collect: one `ostree refs --delete` for an image
//          that is not kept, one `ostree prune`. Without fsync, as all backends.
// Error:   ostree sets the times of files and directories to 0, those of symlinks to the present, and merges equal files; the proof
//          says so.
// Leaves:  the repository, beside the objects of its store, when it dies before collect.
// Source:  ostree-commit(1), ostree-checkout(1), ostree-prune(1).
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Backend, Prepared, Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { isDevice } from '../model/inode-type.ts';
import type { Machine } from '../model/machine.ts';
import { S_IFIFO, S_IFMT } from '../model/tree.ts';
import { ensureFolder } from '../store/folders.ts';
import { fillLinkStore, linkTree, NOT_WRITABLE, tarsOf } from './checkout.ts';
import { bindMount } from './kernel-mount.ts';
import { RM, ROOT, TAR } from './needs.ts';
import { refuseUnpackable, refuseWritable, skip } from './refuse.ts';

const refuseSpecialFiles = ({ tree }: Image): void => {
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (isDevice(entry) || (entry.mode & S_IFMT) === S_IFIFO)
      skip('an ostree commit holds no devices and FIFOs');
  }
};

/** The image's tree in a folder of its own, from which commits are made. Made once; untimed. */
const treeOf = async (image: Image, machine: Machine): Promise<string> => {
  const home = join(image.dir, 'ostree');
  const tree = join(home, 'tree');
  if (existsSync(tree)) return tree;
  const linkStores = [join(home, 'links')];
  ensureFolder(home);
  await fillLinkStore(machine, image, linkStores);
  await linkTree(machine, tarsOf(image), { linkStores, into: `${tree}.new` });
  renameSync(`${tree}.new`, tree);
  return tree;
};

const repositoryOf = ({ objectDirs }: Store): string => join(dirname(objectDirs[0]!), 'ostree');

const refOf = ({ manifestDigest }: Image): string => `cfsbench/${manifestDigest}`;

const lifecycle = (image: Image, machine: Machine, tree: string): Prepared => {
  const ref = refOf(image);
  const ostree = (store: Store, words: readonly string[]): Promise<void> =>
    machine.command('ostree', ['ostree', `--repo=${repositoryOf(store)}`, ...words]);
  const hasCommit = (store: Store): boolean =>
    machine.files.exists(join(repositoryOf(store), 'refs', 'heads', ref));
  return {
    async ingest(store, how) {
      if (how === 'digested') skip('ostree digests every file that it commits');
      if (hasCommit(store)) return;
      if (!machine.files.exists(repositoryOf(store))) await ostree(store, ['init', '--mode=bare']);
      await ostree(store, [
        'commit',
        '--fsync=false',
        '--no-bindings',
        `--branch=${ref}`,
        `--tree=dir=${tree}`,
      ]);
    },
    async create(store, dir) {
      const root = join(dir, 'root');
      await ostree(store, ['checkout', '-H', '--fsync=false', ref, root]);
      return {
        async mount(at, writable) {
          refuseWritable(writable, NOT_WRITABLE);
          return bindMount(machine, { folder: root, at });
        },
        destroy: () => machine.command('rm', ['rm', '-rf', root]),
      };
    },
    async collect(store, keep) {
      if (!machine.files.exists(repositoryOf(store))) return;
      if (!keep.includes(image) && hasCommit(store)) await ostree(store, ['refs', '--delete', ref]);
      await ostree(store, ['prune', '--refs-only']);
      if (store.state === 'empty' && keep.length === 0)
        await machine.command('rm', ['rm', '-rf', repositoryOf(store)]);
    },
  };
};

export const backend: Backend = {
  id: 'ostree-checkout',
  title: 'ostree checkout',
  how: 'ostree commits the tree to a bare repository and checks it out as hard links, a bind mount shows it, rm -rf removes it; ostree prune collects.',
  answers: 'What does a checkout cost with the tool that distributions use for it?',
  idle: [],
  createsFiles: true,
  needs: [ROOT, { title: 'ostree', anyOf: ['ostree'] }, TAR, RM],
  shows: 'merged-inodes',
  losesTimes: true,
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    refuseSpecialFiles(image);
    return lifecycle(image, machine, await treeOf(image, machine));
  },
};
