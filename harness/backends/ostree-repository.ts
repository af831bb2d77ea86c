// The bare repository of ostree's backends: beside the objects of a store, one commit per image.
//
// Needs:   root, because a bare repository holds owners and attributes as they are; ostree, tar and rm.
// Does:    ingest: one `ostree commit` of the image's tree, into a repository that it makes if there is none. It names each file by its
//          digest, so that an empty store gets no trusted contents. collect: one
//          `ostree refs --delete` for an image that is not kept, one `ostree prune`. Without fsync, as all backends.
// Leaves:  the repository, beside the objects of its store, when it dies before collect.
// Source:  ostree-commit(1), ostree-prune(1).
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Created, Prepared, Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { isDevice } from '../model/inode-type.ts';
import type { Machine } from '../model/machine.ts';
import { S_IFIFO, S_IFMT } from '../model/tree.ts';
import { ensureFolder } from '../store/folders.ts';
import { fillLinkStore, linkTree, tarsOf } from './checkout.ts';
import { refuseUnpackable, skip } from './refuse.ts';

/** In a bare repository: contents with their metadata. */
const FILE_OBJECT = '.file';

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

export const repositoryOf = ({ objectDirs }: Store): string => join(dirname(objectDirs[0]!), 'ostree');

/** Runs `ostree checkout` with these words on the image's commit; the result is `into`. */
type Checkout = (words: readonly string[], into: string) => Promise<void>;

/** `create` makes the checkout of a committed image in `dir`. */
export const ostreeLifecycle = async (
  image: Image,
  machine: Machine,
  create: (checkout: Checkout, store: Store, dir: string) => Promise<Created>,
): Promise<Prepared> => {
  refuseUnpackable(image);
  refuseSpecialFiles(image);
  const tree = await treeOf(image, machine);
  const ref = `cfsbench/${image.manifestDigest}`;
  const ostree = (store: Store, words: readonly string[]): Promise<void> =>
    machine.command('ostree', ['ostree', `--repo=${repositoryOf(store)}`, ...words]);
  const hasCommit = (store: Store): boolean =>
    machine.files.exists(join(repositoryOf(store), 'refs', 'heads', ref));
  return {
    // A checkout reads the metadata of the commit and links to its files.
    sources: (store) => [
      store.state === 'empty'
        ? tree
        : { path: repositoryOf(store), reads: (path) => !path.endsWith(FILE_OBJECT) },
    ],
    async ingest(store, how) {
      // Its time would stand beside those of arms that digest nothing.
      if (how === 'trusted' && store.state === 'empty') skip('ostree digests every file that it commits');
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
    create: (store, dir) =>
      create((words, into) => ostree(store, ['checkout', ...words, ref, into]), store, dir),
    async collect(store, keep) {
      if (!machine.files.exists(repositoryOf(store))) return null;
      if (!keep.includes(image) && hasCommit(store)) await ostree(store, ['refs', '--delete', ref]);
      await ostree(store, ['prune', '--refs-only']);
      if (store.state === 'empty' && keep.length === 0)
        await machine.command('rm', ['rm', '-rf', repositoryOf(store)]);
      return null;
    },
  };
};
