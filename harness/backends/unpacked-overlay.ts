// Today's way: every layer unpacked to files, all of them stacked by a read-only overlayfs, removed with rm -rf.
//
// Needs:   GNU tar and rm; overlayfs (with user.overlay.* attributes inside a user namespace).
// Does:    one `tar -x` per layer that is not there yet, one overlay mount, one `rm -rf` for all layers that it unpacked.
// Leaves:  unpacked layers in the store's layer folder when it dies before destroy.
// Source:  Documentation/filesystems/overlayfs.rst; the commands are those that runtimes and people run.
import { join } from 'node:path';
import type { Backend, Mounted, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image, Layer } from '../model/image.ts';
import type { Machine, MountOption } from '../model/machine.ts';
import { layerPaths, lowerOptions, plainLayerForm } from './overlay-layers.ts';

const LAYER_MODE = 0o755;

const unpack = async (machine: Machine, layer: Layer, into: string): Promise<void> => {
  machine.files.mkdir(into, LAYER_MODE);
  await machine.command('tar', [
    'tar',
    '--xattrs',
    '--xattrs-include=*',
    '--numeric-owner',
    '-p',
    '-xf',
    layer.tarPath,
    '-C',
    into,
  ]);
};

const mountLayers = (machine: Machine, lowers: readonly string[], at: string): Mounted => {
  const paths = layerPaths(machine);
  const rootless: readonly MountOption[] = machine.features.root.ok ? [] : [['userxattr']];
  try {
    const options = [...lowerOptions(machine, lowers, paths), ...rootless];
    machine.mounts.attach(machine.mounts.create('overlay', options, ['ro', 'nosuid', 'nodev']), at);
  } finally {
    paths.close();
  }
  return {
    root: at,
    fsType: 'overlay',
    servers: [],
    took: { layers: plainLayerForm(machine), layerCount: String(lowers.length) },
    async unmount() {
      machine.mounts.unmount(at);
    },
    async settle() {
      if (machine.mounts.isMount(at))
        throw new UserError('the overlay is still mounted', { code: 'timeout', exit: 5, facts: [at] });
    },
    abandon() {
      try {
        machine.mounts.unmount(at, true);
      } catch {
        // Already gone: that is what was wanted.
      }
    },
  };
};

const createLayers = async (image: Image, machine: Machine, store: Store, dir: string) => {
  const unpacked: string[] = [];
  const lowers: string[] = [];
  for (const layer of image.layers) {
    const path = join(store.layerDir, layer.id);
    if (!machine.files.exists(path)) {
      await unpack(machine, layer, path);
      unpacked.push(path);
    }
    lowers.unshift(path);
  }
  // overlayfs without an upper layer wants at least two lowers.
  const empty = lowers.length === 1 ? join(dir, 'empty') : null;
  if (empty !== null) {
    machine.files.mkdir(empty, LAYER_MODE);
    lowers.push(empty);
  }
  return {
    mount: async (at: string) => mountLayers(machine, lowers, at),
    async destroy() {
      if (unpacked.length > 0) await machine.command('rm', ['rm', '-rf', ...unpacked]);
      if (empty !== null) machine.files.rmdir(empty);
    },
  };
};

export const backend: Backend = {
  id: 'unpacked-overlay',
  title: 'unpacked layers + overlayfs',
  how: 'GNU tar unpacks each layer to files on the work file system, overlayfs stacks them, rm -rf removes them.',
  idle: ['ingest', 'collect'],
  needs: [
    { title: 'overlayfs', anyOf: ['overlay', 'overlay-user-xattr'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    { title: 'rm', anyOf: ['rm'] },
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    if (image.notUnpackable !== null) throw new UserError(image.notUnpackable, { code: 'skip' });
    return {
      // Contents arrive with create, and leave with destroy.
      async ingest() {},
      create: (store, dir) => createLayers(image, machine, store, dir),
      async collect() {},
    };
  },
};
