// As unpacked-overlay, but layers are removed without a command: what a runtime would do in its own process.
//
// Needs:   what unpacked-overlay needs but rm; the compiled calls of timed windows.
// Does:    per folder openat, getdents64, close, unlinkat; per name in it one unlinkat; all of it one window per layer.
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import { loopsOf, TIMED_CALLS } from './checkout.ts';
import { createLayers, writeDigestLists } from './unpacked-layers.ts';

export const backend: Backend = {
  id: 'unpacked-overlay-unlinkat',
  title: 'unpacked layers + overlayfs, removed without rm',
  how: 'As unpacked-overlay, but the layers are removed by system calls of one process, without rm.',
  answers: 'Is it rm that removal costs, or the system calls that no program can leave out?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [
    { title: 'overlayfs', anyOf: ['overlay', 'overlay-user-xattr'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    TIMED_CALLS,
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    if (image.notUnpackable !== null) throw new UserError(image.notUnpackable, { code: 'skip' });
    writeDigestLists(image);
    const loops = loopsOf(machine);
    const remove = async (paths: readonly string[]): Promise<void> => {
      for (const path of paths) loops.removeTree(path);
    };
    return {
      // Contents arrive with create, and leave with destroy.
      async ingest() {},
      create: (store, dir, how = 'trusted') => createLayers(image, machine, store, dir, { how, remove }),
      async collect() {},
    };
  },
};
