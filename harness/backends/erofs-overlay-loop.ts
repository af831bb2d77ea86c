// The same stack over a buffered loop device, as tools made it before EROFS could mount files.
//
// Needs:   root in the initial user namespace; loop devices; overlayfs with data-only lowers.
// Does:    a read-only loop device over the manifest; the page cache holds the device's pages and the file's.
import type { Backend } from '../model/backend.ts';
import { dataOverlayBackend } from './data-overlay.ts';
import { EROFS_LOOP } from './needs.ts';

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-overlay-loop',
  title: 'EROFS over a loop device + overlayfs',
  how: 'As erofs-overlay, with a buffered loop device between EROFS and the manifest.',
  answers: 'Does a loop device cache the manifest twice, and does that cost time?',
  lower: { source: 'loop' },
  erofs: EROFS_LOOP,
});
