// EROFS over a loop device below an overlayfs whose second lower layer is the object store, for kernels before data-only lowers.
//
// Needs:   root in the initial user namespace; loop devices; overlayfs with metacopy and redirects (Linux 4.19).
// Does:    a name is looked up in the store's layer too; the manifest's 256 whiteouts hide the folders of the store.
import type { Backend } from '../model/backend.ts';
import { dataOverlayBackend } from './data-overlay.ts';
import { EROFS_LOOP } from './needs.ts';

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-metacopy-loop',
  title: 'EROFS over a loop device + overlayfs, store as a plain layer',
  how: 'As erofs-overlay-loop, with the object store as a plain lower layer, which older kernels can redirect to.',
  answers: 'Can a kernel without data-only lowers, such as 6.1, show the image at all, and at what cost?',
  lower: { source: 'loop' },
  erofs: EROFS_LOOP,
  data: 'plain',
});
