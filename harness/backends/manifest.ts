// What backends that mount a manifest have in common: the same manifest file, the same object store, the same create and destroy.
import { join } from 'node:path';
import type { Mounted, Prepared, Store, Writable } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { writableOver } from './writable.ts';

export type MountManifest = (
  manifest: string,
  store: Store,
  at: string,
  writable?: Writable,
) => Promise<Mounted>;

/** A mount that cannot be made writable itself, or is not to be, gets an overlay over it. */
export const mountWith =
  (image: Image, machine: Machine, mount: MountManifest, can: 'in one' | 'over' = 'in one'): MountManifest =>
  async (manifest, store, at, writable) => {
    if (writable === undefined || (can === 'in one' && writable.over !== true))
      return mount(manifest, store, at, writable);
    // Whiteouts and overlay attributes that the mount shows as they are mean something to an overlay over it.
    if (image.notUnpackable !== null) throw new UserError(image.notUnpackable, { code: 'skip' });
    return writableOver(machine, await mount(manifest, store, at), writable);
  };

/** For mounts without contents: there is nothing that a container could run. */
export const readOnly =
  (mount: MountManifest): MountManifest =>
  async (manifest, store, at, writable) => {
    if (writable !== undefined)
      throw new UserError('metadata alone is nothing to write over', { code: 'skip' });
    return mount(manifest, store, at);
  };

/** `create` writes a new file of the image's bytes, as if just received, never a link to one that is already there. */
export const manifestLifecycle = (
  image: Image,
  machine: Machine,
  mount: MountManifest,
  bytes: Uint8Array = image.manifest,
): Prepared => ({
  async ingest(store, how) {
    store.ingest(image, how);
  },
  async create(store, dir) {
    const manifest = join(dir, 'image.cfs');
    machine.calls((list) => list.writeNew(manifest, bytes));
    return {
      mount: (at, writable) => mount(manifest, store, at, writable),
      async destroy() {
        machine.calls((list) => list.unlink(manifest));
      },
    };
  },
  async collect(store, keep) {
    store.collect(keep);
  },
});
