// EROFS + overlayfs with `verity=require`: every file of the image is verified by the kernel, the manifest by its expected digest.
//
// Needs:   root in the initial user namespace; fs-verity on the work file system; overlayfs with verity=require (Linux 6.6).
import type { Backend } from '../model/backend.ts';
import { dataOverlayBackend } from './data-overlay.ts';

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-overlay-verity',
  title: 'EROFS + overlayfs, verified',
  how: 'As erofs-overlay, with fs-verity for each object and for the manifest: overlayfs refuses an object with another digest than the manifest has (verity=require), and a manifest with another digest than expected is not mounted.',
  answers: 'What does verification of the image by the kernel cost, and what does it refuse?',
  lower: { source: 'best' },
  verity: true,
});
