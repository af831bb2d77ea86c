// EROFS metadata below a read-only overlayfs whose data-only lower is the object store.
//
// Needs:   root in the initial user namespace; EROFS from a file (else over a loop device); overlayfs with data-only lowers.
// Does:    fsopen(erofs) on the manifest, fsopen(overlay) with that mount as lower and every object folder as data-only lower.
// Leaves:  nothing when it dies inside a private mount namespace; a loop device frees itself (autoclear).
// Source:  Documentation/filesystems/overlayfs.rst (data-only lower layers), Documentation/filesystems/erofs.rst.
import { join } from 'node:path';
import type { Backend, Mounted, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Machine, MountOption } from '../model/machine.ts';
import { manifestLifecycle } from './manifest.ts';
import { type LayerForm, type LayerPaths, layerForm, layerPaths } from './overlay-layers.ts';

const SETTLE_LIMIT_MS = 5000;

interface Lower {
  readonly fd: number;
  readonly took: 'file' | 'loop';
  /** Nothing holds the manifest or its loop device any more. */
  free(): boolean;
}

const mountLower = (machine: Machine, manifest: string, paths: LayerPaths): Lower => {
  if (machine.features['erofs-file'].ok) {
    const fd = machine.mounts.create('erofs', [['source', paths.short(manifest)]], ['ro', 'nosuid', 'nodev']);
    return { fd, took: 'file', free: () => machine.files.leaseFree(manifest) };
  }
  const loop = machine.mounts.loop(manifest, { directIo: false });
  try {
    // A read-only device wants a read-only superblock, not only a read-only mount.
    const fd = machine.mounts.create('erofs', [['source', loop.device], ['ro']], ['ro', 'nosuid', 'nodev']);
    return { fd, took: 'loop', free: () => machine.mounts.loopFree(loop.device) };
  } finally {
    machine.files.close(loop.fd);
  }
};

const dataOptions = (
  form: LayerForm,
  lower: MountOption,
  store: Store,
  paths: LayerPaths,
): readonly MountOption[] => {
  const data = store.objectDirs.map((dir) => paths.short(dir));
  if (form === 'colons') return [['lowerdir', `${lower[1]}::${data.join('::')}`]];
  return [lower, ...data.map((dir): MountOption => ['datadir+', dir])];
};

const stack = (machine: Machine, manifest: string, store: Store, at: string, paths: LayerPaths): Mounted => {
  const form = layerForm(machine);
  const lower = mountLower(machine, manifest, paths);
  // Kernels that cannot take a detached mount as a layer need it attached somewhere: under the future overlay itself.
  const attached = form === 'fd' ? null : at;
  let overlay: number;
  try {
    if (attached !== null) machine.mounts.attach(lower.fd, attached);
    const layer: MountOption =
      attached === null
        ? ['lowerdir+', lower.fd]
        : [form === 'path' ? 'lowerdir+' : 'lowerdir', paths.short(attached)];
    const options: MountOption[] = [
      ...dataOptions(form, layer, store, paths),
      ['metacopy', 'on'],
      ['redirect_dir', 'on'],
    ];
    overlay = machine.mounts.create('overlay', options, ['ro', 'nosuid', 'nodev']);
  } catch (error) {
    if (attached !== null) machine.mounts.unmount(attached, true);
    throw error;
  } finally {
    if (attached === null) machine.files.close(lower.fd);
  }
  machine.mounts.attach(overlay, at);
  return {
    root: at,
    fsType: 'overlay',
    servers: [],
    took: { erofs: lower.took, layers: form },
    async unmount() {
      machine.mounts.unmount(at);
      if (attached !== null) machine.mounts.unmount(attached);
    },
    async settle() {
      if (!machine.waitFor(lower.free, SETTLE_LIMIT_MS))
        throw new UserError('the EROFS mount did not go away', {
          code: 'timeout',
          exit: 5,
          facts: [`manifest: ${manifest}`, `waited: ${SETTLE_LIMIT_MS} ms`],
          hint: `fuser -vm ${join(at)}`,
        });
    },
    abandon() {
      for (const path of attached === null ? [at] : [at, attached])
        try {
          machine.mounts.unmount(path, true);
        } catch {
          // Already gone: that is what was wanted.
        }
    },
  };
};

const mountOverlay = (machine: Machine, manifest: string, store: Store, at: string): Mounted => {
  const paths = layerPaths(machine);
  try {
    return stack(machine, manifest, store, at, paths);
  } finally {
    paths.close();
  }
};

export const backend: Backend = {
  id: 'erofs-overlay',
  title: 'EROFS + overlayfs',
  how: 'An EROFS mount of the manifest is the lower layer of a read-only overlayfs that reads contents from the object store as a data-only lower.',
  idle: [],
  needs: [
    { title: 'root in the initial user namespace', anyOf: ['root'] },
    { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] },
    { title: 'overlayfs with data-only lowers', anyOf: ['overlay-data-layers', 'overlay-double-colon'] },
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    return manifestLifecycle(image, machine, async (manifest, store, at) =>
      mountOverlay(machine, manifest, store, at),
    );
  },
};
