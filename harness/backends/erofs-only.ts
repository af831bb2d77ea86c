// The manifest mounted alone, without overlayfs: the cost of the metadata before anything is stacked on it.
//
// Needs:   root in the initial user namespace; EROFS from a file (else over a loop device).
// Does:    fsopen(erofs) on a manifest without the 256 whiteouts that hide the store's folders in its root: no store lies below
//          it, and a walk must list the same names as on other backends. Files have sizes but no contents.
// Leaves:  nothing when it dies inside a private mount namespace.
import type { Backend } from '../model/backend.ts';
import type { Machine } from '../model/machine.ts';
import { devicesOf, lowerFree, mountLower } from './erofs-lower.ts';
import { heldUntil, kernelMount } from './kernel-mount.ts';
import { type MountManifest, manifestLifecycle, readOnly } from './manifest.ts';
import { EROFS, ROOT } from './needs.ts';
import { layerPaths } from './overlay-layers.ts';

const mountAlone = (machine: Machine): MountManifest =>
  readOnly(async (manifest, _store, at) => {
    const lower = machine.calls((list) => {
      const paths = layerPaths(list);
      const mounted = mountLower(list, machine, { manifest, paths, choice: { source: 'best' } });
      list.attach(mounted.fd, at);
      paths.close();
      return mounted;
    });
    const free = lowerFree(lower, manifest);
    return kernelMount(machine, {
      root: at,
      fsType: 'erofs',
      took: { erofs: lower.took },
      devices: devicesOf(lower),
      points: [at],
      free,
      held: heldUntil(machine, free),
      source: manifest,
    });
  });

export const backend: Backend = {
  id: 'erofs-only',
  title: 'EROFS metadata alone',
  how: 'An EROFS mount of the manifest and nothing else: it shows names and attributes, but no contents.',
  answers: 'What does stacking overlayfs on the metadata cost?',
  idle: [],
  needs: [ROOT, EROFS],
  shows: 'metadata',
  options: {},
  async prepare(image, machine) {
    const bytes = image.bareManifest();
    return manifestLifecycle(image, machine, mountAlone(machine), () => bytes);
  },
};
