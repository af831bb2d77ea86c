// The flattened tree as plain files in one folder of the work file system, seen through a read-only bind mount.
//
// Needs:   what unpacked-overlay needs, and cp.
// Does:    unpacks the layers, copies what their overlay shows with `cp -a` into one folder, once for every image of a full store;
//          open_tree and move_mount show it, read-only so that no access time is written.
// Leaves:  the copy in the store's layer folder when it dies before destroy.
// Source:  open_tree(2), mount_setattr(2).
import { join } from 'node:path';
import type { Backend, Created, Mounted, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import { type Image, plainFolder } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { attached, NOTHING_OWN } from './attached.ts';
import { createLayers } from './unpacked-layers.ts';

const FOLDER_MODE = 0o755;

const flatten = async (image: Image, machine: Machine, store: Store, dir: string): Promise<void> => {
  const at = join(dir, 'layers');
  machine.files.mkdir(at, FOLDER_MODE);
  const layers = await createLayers(image, machine, store, dir);
  const mounted = await layers.mount(at);
  try {
    const into = join(store.layerDir, plainFolder(image));
    machine.files.mkdir(into, FOLDER_MODE);
    await machine.command('cp', ['cp', '-a', '--', `${at}/.`, into]);
    await mounted.unmount();
    await mounted.settle();
  } catch (error) {
    mounted.abandon();
    throw error;
  }
  await layers.destroy();
  machine.files.rmdir(at);
};

const bindAt = (machine: Machine, from: string, at: string): Mounted => {
  machine.calls((list) => list.attach(list.clone(from), at));
  return attached(machine, {
    root: at,
    fsType: () => machine.mounts.typeAt(at) ?? 'no mount',
    took: { mount: 'bind' },
    points: [at],
    free: { unmounted: at },
    held: NOTHING_OWN,
    source: from,
  });
};

const create = async (image: Image, machine: Machine, store: Store, dir: string): Promise<Created> => {
  const folder = join(store.layerDir, plainFolder(image));
  const isNew = !machine.files.exists(folder);
  if (isNew) await flatten(image, machine, store, dir);
  return {
    async mount(at, writable) {
      if (writable !== undefined)
        throw new UserError('a plain directory has no upper layer', { code: 'skip' });
      return bindAt(machine, folder, at);
    },
    async destroy() {
      if (isNew) await machine.command('rm', ['rm', '-rf', folder]);
    },
  };
};

export const backend: Backend = {
  id: 'plain-directory',
  title: 'a plain directory',
  how: 'The whole tree lies as files in one folder of the work file system; a read-only bind mount shows it.',
  answers: 'What does a walk cost without any image at all?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [
    { title: 'overlayfs', anyOf: ['overlay', 'overlay-user-xattr'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    { title: 'rm', anyOf: ['rm'] },
    { title: 'cp', anyOf: ['cp'] },
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    if (image.notUnpackable !== null) throw new UserError(image.notUnpackable, { code: 'skip' });
    return {
      async ingest() {},
      create: (store, dir) => create(image, machine, store, dir),
      async collect() {},
    };
  },
};
