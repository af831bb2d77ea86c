// The same stack over a loop device with direct I/O: the manifest is cached once, and read without readahead of its file.
//
// Needs:   root in the initial user namespace; loop devices; overlayfs with data-only lowers.
// Does:    a read-only loop device over the manifest with LO_FLAGS_DIRECT_IO. A file system that refuses the flag is an error;
//          there is no fallback to a buffered device.
import type { Backend } from '../model/backend.ts';
import { dataOverlayBackend } from './data-overlay.ts';
import { EROFS_LOOP } from './needs.ts';

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-overlay-loop-dio',
  title: 'EROFS over a direct loop device + overlayfs',
  how: 'As erofs-overlay-loop, with direct I/O between the loop device and the manifest.',
  answers: 'What does avoiding the second copy in the page cache cost?',
  lower: { source: 'loop-direct' },
  erofs: EROFS_LOOP,
});
