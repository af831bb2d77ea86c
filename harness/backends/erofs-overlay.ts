// EROFS metadata below a read-only overlayfs whose data-only lower is the object store.
//
// Needs:   root in the initial user namespace; EROFS from a file (else over a loop device); overlayfs with data-only lowers.
import type { Backend } from '../model/backend.ts';
import { dataOverlayBackend } from './data-overlay.ts';

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-overlay',
  title: 'EROFS + overlayfs',
  how: 'An EROFS mount of the manifest is the lower layer of a read-only overlayfs, which reads contents from the object store as a data-only lower.',
  lower: { source: 'best' },
});
