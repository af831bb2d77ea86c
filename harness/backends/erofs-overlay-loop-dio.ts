// The same stack over a loop device with direct I/O: the manifest is cached once, and read without readahead of its file.
//
// Needs:   root in the initial user namespace; loop devices; overlayfs with data-only lowers.
// Does:    a read-only loop device over the manifest with LO_FLAGS_DIRECT_IO; a file system that refuses it is an error, not a fallback.
import type { Backend } from '../model/backend.ts';
import { DATA_LOWERS, dataOverlay, ROOT } from './data-overlay.ts';
import { manifestLifecycle } from './manifest.ts';

export const backend: Backend = {
  id: 'erofs-overlay-loop-dio',
  title: 'EROFS over a direct loop device + overlayfs',
  how: 'As erofs-overlay-loop, with direct I/O between the loop device and the manifest.',
  answers: 'What does avoiding the second copy in the page cache cost?',
  idle: [],
  needs: [ROOT, { title: 'EROFS over loop devices', anyOf: ['erofs-loop'] }, DATA_LOWERS],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) =>
    manifestLifecycle(image, machine, dataOverlay(image, machine, { source: 'loop-direct' })),
};
