// EROFS below overlayfs, mounted with `noacl`: the kernel looks up no attributes for access control lists.
//
// Needs:   the features of erofs-overlay. An image with access control lists would lose them and is skipped.
// Source:  Documentation/filesystems/erofs.rst: mount options acl and noacl.
import type { Backend } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { dataOverlayBackend } from './data-overlay.ts';
import { skip } from './refuse.ts';

const refuseAcls = ({ tree }: Image): void => {
  for (let index = 0; index < tree.count; index++)
    if (tree.entry(index).xattrs.some(([key]) => key.startsWith('system.posix_acl_')))
      skip('noacl would hide its access control lists');
};

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-overlay-noacl',
  title: 'EROFS without ACLs + overlayfs',
  how: 'As erofs-overlay, with the mount option noacl on EROFS.',
  answers: 'Do lookups of access control lists make warm walks slower?',
  lower: { source: 'best', options: [['noacl']] },
  check: refuseAcls,
});
