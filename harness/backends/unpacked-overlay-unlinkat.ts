// As unpacked-overlay, but system calls of one process remove the layers, as a runtime could do it.
//
// Needs:   the features of unpacked-overlay without rm; the compiled calls of timed windows.
// Does:    per folder openat, getdents64, close, unlinkat; per name in it one unlinkat; one window per layer.
import type { Backend } from '../model/backend.ts';
import { batchOf } from './checkout.ts';
import { OVERLAY_ANYWHERE, TAR, TIMED_CALLS } from './needs.ts';
import { layersLifecycle } from './unpacked-layers.ts';

export const backend: Backend = {
  id: 'unpacked-overlay-unlinkat',
  title: 'unpacked layers + overlayfs, removed without rm',
  how: 'As unpacked-overlay, but system calls of one process remove the layers, without rm.',
  answers: 'How much of removal is rm, and how much the system calls that any program must make?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [OVERLAY_ANYWHERE, TAR, TIMED_CALLS],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    const batch = batchOf(machine);
    return layersLifecycle(image, machine, async (paths) => {
      for (const path of paths) batch.removeTree(path);
    });
  },
};
