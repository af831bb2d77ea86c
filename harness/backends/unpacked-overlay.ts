// Today's way: every layer unpacked to files, all of them stacked by a read-only overlayfs, removed with rm -rf.
//
// Needs:   GNU tar and rm; overlayfs (with user.overlay.* attributes inside a user namespace).
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import { createLayers, writeDigestLists } from './unpacked-layers.ts';

export const backend: Backend = {
  id: 'unpacked-overlay',
  title: 'unpacked layers + overlayfs',
  how: 'GNU tar unpacks each layer to files on the work file system, overlayfs stacks them, rm -rf removes them.',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [
    { title: 'overlayfs', anyOf: ['overlay', 'overlay-user-xattr'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    { title: 'rm', anyOf: ['rm'] },
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    if (image.notUnpackable !== null) throw new UserError(image.notUnpackable, { code: 'skip' });
    writeDigestLists(image);
    return {
      // Contents arrive with create, and leave with destroy.
      async ingest() {},
      create: (store, dir, how) => createLayers(image, machine, store, dir, how === undefined ? {} : { how }),
      async collect() {},
    };
  },
};
