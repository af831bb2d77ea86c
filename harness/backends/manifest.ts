// What the two manifest backends have in common: the same manifest file, the same object store, the same create and destroy.
import { join } from 'node:path';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';

export type MountManifest = (manifest: string, store: Store, at: string) => Promise<Mounted>;

/** `create` writes a new file of the image's bytes, as if just received, never a link to one that is already there. */
export const manifestLifecycle = (image: Image, machine: Machine, mount: MountManifest): Prepared => ({
  async ingest(store) {
    store.ingest(image);
  },
  async create(store, dir) {
    const manifest = join(dir, 'image.cfs');
    machine.files.writeNew(manifest, image.manifest);
    return {
      mount: (at) => mount(manifest, store, at),
      async destroy() {
        machine.files.unlink(manifest);
      },
    };
  },
  async collect(store, keep) {
    store.collect(keep);
  },
});
