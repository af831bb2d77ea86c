// Backends that mount a manifest share its file, the object store, create and destroy.
import { join } from 'node:path';
import type { Mounted, Prepared, Store, Writable } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { refuseUnpackable, refuseWritable } from './refuse.ts';
import { writableOver } from './writable.ts';

export type MountManifest = (
  manifest: string,
  store: Store,
  at: string,
  writable?: Writable,
) => Promise<Mounted>;

/** With `writable.over`, or for mounts that cannot be writable themselves, attaches a writable overlay above. */
export const mountWith =
  (image: Image, machine: Machine, mount: MountManifest, can: 'in one' | 'over' = 'in one'): MountManifest =>
  async (manifest, store, at, writable) => {
    if (writable === undefined || (can === 'in one' && writable.over !== true))
      return mount(manifest, store, at, writable);
    // The overlay above would interpret whiteouts and overlay attributes that the mount shows as they are.
    refuseUnpackable(image);
    return writableOver(machine, await mount(manifest, store, at), writable);
  };

/** For mounts without contents: no container can run on them. */
export const readOnly =
  (mount: MountManifest): MountManifest =>
  async (manifest, store, at, writable) => {
    refuseWritable(writable, 'a mount without contents has no use for a writable layer');
    return mount(manifest, store, at);
  };

/** Apart from `create`, so that what create returns does not keep the bytes in memory. */
const write = (machine: Machine, path: string, bytes: Uint8Array): void =>
  machine.calls((list) => list.writeNew(path, bytes));

/** `create` always writes a new file of the image's bytes, as if just received; it never links an existing one. */
export const manifestLifecycle = (
  image: Image,
  machine: Machine,
  mount: MountManifest,
  bytes: () => Uint8Array = () => image.manifest,
): Prepared => ({
  async ingest(store, how) {
    store.ingest(image, how);
  },
  async create(store, dir) {
    const manifest = join(dir, 'image.cfs');
    write(machine, manifest, bytes());
    return {
      mount: (at, writable) => mount(manifest, store, at, writable),
      async destroy() {
        machine.calls((list) => list.unlink(manifest));
      },
    };
  },
  async collect(store, keep) {
    store.collect(keep);
    return store.collected();
  },
  storedCount: ({ objects }) => objects.length,
});
