// The same stack over a buffered loop device, as tools made it before EROFS could mount files.
//
// Needs:   root in the initial user namespace; loop devices; overlayfs with data-only lowers.
// Does:    a read-only loop device over the manifest, its pages cached for the device and for the file.
import type { Backend } from '../model/backend.ts';
import { DATA_LOWERS, dataOverlay, ROOT } from './data-overlay.ts';
import { manifestLifecycle } from './manifest.ts';

export const backend: Backend = {
  id: 'erofs-overlay-loop',
  title: 'EROFS over a loop device + overlayfs',
  how: 'As erofs-overlay, with a buffered loop device below EROFS instead of the manifest itself.',
  answers: 'Does a loop device cache the manifest twice, and does it cost time?',
  idle: [],
  needs: [ROOT, { title: 'EROFS over loop devices', anyOf: ['erofs-loop'] }, DATA_LOWERS],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) =>
    manifestLifecycle(image, machine, dataOverlay(image, machine, { source: 'loop' })),
};
