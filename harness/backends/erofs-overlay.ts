// EROFS metadata below a read-only overlayfs whose data-only lower is the object store.
//
// Needs:   root in the initial user namespace; EROFS from a file (else over a loop device); overlayfs with data-only lowers.
import type { Backend } from '../model/backend.ts';
import { DATA_LOWERS, dataOverlay, ROOT } from './data-overlay.ts';
import { manifestLifecycle } from './manifest.ts';

export const backend: Backend = {
  id: 'erofs-overlay',
  title: 'EROFS + overlayfs',
  how: 'An EROFS mount of the manifest is the lower layer of a read-only overlayfs that reads contents from the object store as a data-only lower.',
  idle: [],
  needs: [ROOT, { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] }, DATA_LOWERS],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) =>
    manifestLifecycle(image, machine, dataOverlay(image, machine, { source: 'best' })),
};
