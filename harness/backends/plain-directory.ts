// The flattened tree as plain files in one folder of the work file system, shown by a read-only bind mount.
//
// Needs:   the features of unpacked-overlay, and cp.
// Does:    unpacks the layers, then copies the tree that their overlay shows into one folder with `cp -a`, once per image of a
//          full store; the bind mount is read-only so that no access time is written.
// Leaves:  the copy in the store's layer folder when it dies before destroy.
// Source:  open_tree(2), mount_setattr(2).
import { join } from 'node:path';
import type { Backend, Created, Store } from '../model/backend.ts';
import { type Image, plainFolder } from '../model/image.ts';
import type { IngestHow, Machine } from '../model/machine.ts';
import { bindMount } from './kernel-mount.ts';
import { CP, OVERLAY_ANYWHERE, RM, TAR } from './needs.ts';
import { refuseUnpackable, refuseWritable } from './refuse.ts';
import { createLayers, layerTars, writeDigestLists } from './unpacked-layers.ts';
import { wholeTreeLifecycle } from './whole-tree.ts';

const FOLDER_MODE = 0o755;

interface PlainPlace {
  readonly store: Store;
  readonly dir: string;
  readonly how: IngestHow;
}

const copyFlattened = async (
  image: Image,
  machine: Machine,
  { store, dir, how }: PlainPlace,
): Promise<void> => {
  const at = join(dir, 'layers');
  machine.files.mkdir(at, FOLDER_MODE);
  const layers = await createLayers(image, machine, { store, dir }, { how });
  const mounted = await layers.mount(at);
  try {
    const into = join(store.layerDir, plainFolder(image));
    machine.files.mkdir(into, FOLDER_MODE);
    await machine.command('cp', ['cp', '-a', '--', `${at}/.`, into]);
    await mounted.unmount();
    await mounted.settle();
  } catch (error) {
    mounted.detach();
    throw error;
  }
  await layers.destroy();
  machine.files.rmdir(at);
};

const create = async (image: Image, machine: Machine, place: PlainPlace): Promise<Created> => {
  const folder = join(place.store.layerDir, plainFolder(image));
  const isNew = !machine.files.exists(folder);
  if (isNew) await copyFlattened(image, machine, place);
  return {
    async mount(at, writable) {
      refuseWritable(writable, 'a plain directory has no upper layer');
      return bindMount(machine, { folder, at });
    },
    async destroy() {
      if (isNew) await machine.command('rm', ['rm', '-rf', folder]);
    },
  };
};

export const backend: Backend = {
  id: 'plain-directory',
  title: 'a plain directory',
  how: 'One folder of the work file system holds the whole tree as plain files; a read-only bind mount shows it.',
  answers: 'What does a walk cost without an image?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [OVERLAY_ANYWHERE, TAR, RM, CP],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    writeDigestLists(image);
    return wholeTreeLifecycle(layerTars(image), (store, dir, how = 'trusted') =>
      create(image, machine, { store, dir, how }),
    );
  },
};
