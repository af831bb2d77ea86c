// An EROFS image with the metadata of the whole tree, and the layers' tars as further devices that hold the contents: the layout
// that Nydus mounts as RAFS v6.
//
// Needs:   root in the initial user namespace; EROFS that reads image and devices from files (Linux 6.12).
// Does:    ingest: a copy of each layer's tar that is missing. create: one file, the bootstrap. mount: fsopen(erofs) with one `device` per
//          layer. collect: one unlink per blob that is no layer of a kept image.
// Error:   the bootstrap is computed beforehand; the index of RAFS itself (chunks, compression, digests of chunks) is not measured.
// Leaves:  blobs when it dies before collect.
// Source:  Documentation/filesystems/erofs.rst (device=); mkfs.erofs(1) (--tar=i).
import { join } from 'node:path';
import type { Backend, Mounted, Prepared, Store } from '../model/backend.ts';
import type { MountOption } from '../model/calls.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { bootstrapOf } from '../store/blobs.ts';
import { blobIdsOf, blobPaths, collectBlobs, ingestBlobs } from './blob-store.ts';
import { heldUntil, kernelMount } from './kernel-mount.ts';
import { ROOT } from './needs.ts';
import { layerPaths } from './overlay-layers.ts';
import { refuseUnpackable } from './refuse.ts';
import { layerTars } from './unpacked-layers.ts';
import { writableOver } from './writable.ts';

const mountBlobs = (machine: Machine, bootstrap: string, blobs: readonly string[], at: string): Mounted => {
  machine.calls((list) => {
    const paths = layerPaths(list);
    const options: readonly MountOption[] = [
      ['source', paths.optionPath(bootstrap)],
      ...blobs.map((blob): MountOption => ['device', paths.optionPath(blob)]),
    ];
    list.attach(list.create('erofs', options, ['ro', 'nosuid', 'nodev']), at);
    paths.close();
  });
  return {
    ...kernelMount(machine, {
      root: at,
      fsType: 'erofs',
      took: { erofs: 'file', blobs: 'file' },
      points: [at],
      free: { lease: bootstrap },
      held: heldUntil(machine, { lease: bootstrap }),
      source: bootstrap,
    }),
    backing: blobs,
  };
};

const lifecycle = (image: Image, machine: Machine, bootstrap: Uint8Array): Prepared => ({
  // create writes the bootstrap, which is in memory.
  sources: ({ state }) => (state === 'empty' ? layerTars(image) : []),
  async ingest(store, how = 'trusted') {
    ingestBlobs(machine, image, store, how);
  },
  async create(store: Store, dir) {
    const file = join(dir, 'image.erofs');
    machine.calls((list) => list.writeNew(file, bootstrap));
    return {
      async mount(at, writable) {
        const mounted = mountBlobs(machine, file, blobPaths(store, image), at);
        return writable === undefined ? mounted : writableOver(machine, mounted, writable);
      },
      async destroy() {
        machine.calls((list) => list.unlink(file));
      },
    };
  },
  async collect(store, keep) {
    return collectBlobs(machine, store, keep);
  },
  storedCount: (one) => blobIdsOf(one).size,
});

export const backend: Backend = {
  id: 'erofs-blobs',
  title: 'EROFS bootstrap + blobs',
  how: 'An EROFS image holds the metadata of the whole tree; the uncompressed tar of each layer is a device of the mount and holds the contents. Images share whole layers.',
  answers:
    'Layers as they arrive can hold the contents of an EROFS image: what does sharing by layer cost or save?',
  idle: [],
  needs: [ROOT, { title: 'EROFS with devices that are files', anyOf: ['erofs-devices'] }],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    return lifecycle(image, machine, bootstrapOf(image));
  },
};
