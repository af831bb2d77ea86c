// The manifest mounted alone, without overlayfs: what the metadata cost before anything is stacked on it.
//
// Needs:   root in the initial user namespace; EROFS from a file (else over a loop device).
// Does:    fsopen(erofs) on the manifest, written without the 256 names that hide the store's folders in its root: no store lies
//          below it, and a walk must not list what the others do not show. Files have their sizes and no contents.
// Leaves:  nothing when it dies inside a private mount namespace.
import type { Backend } from '../model/backend.ts';
import type { Machine } from '../model/machine.ts';
import { attached, heldUntil } from './attached.ts';
import { ROOT } from './data-overlay.ts';
import { devicesOf, lowerFree, mountLower } from './erofs-lower.ts';
import { type MountManifest, manifestLifecycle, readOnly } from './manifest.ts';
import { layerPaths } from './overlay-layers.ts';

const mountAlone = (machine: Machine): MountManifest =>
  readOnly(async (manifest, _store, at) => {
    const lower = machine.calls((list) => {
      const paths = layerPaths(list);
      const mounted = mountLower(list, machine, manifest, paths, { source: 'best' });
      list.attach(mounted.fd, at);
      paths.close();
      return mounted;
    });
    return attached(machine, {
      root: at,
      fsType: 'erofs',
      took: { erofs: lower.took },
      devices: devicesOf(lower),
      points: [at],
      free: lowerFree(lower, manifest),
      held: heldUntil(machine, lowerFree(lower, manifest)),
      source: manifest,
    });
  });

export const backend: Backend = {
  id: 'erofs-only',
  title: 'EROFS metadata alone',
  how: 'An EROFS mount of the manifest and nothing else: names and attributes are there, contents are not.',
  answers: 'What does stacking overlayfs on the metadata cost?',
  idle: [],
  needs: [ROOT, { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] }],
  shows: 'metadata',
  options: {},
  prepare: async (image, machine) =>
    manifestLifecycle(image, machine, mountAlone(machine), image.bareManifest()),
};
