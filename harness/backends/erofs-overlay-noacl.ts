// EROFS below overlayfs, mounted with `noacl`: no attribute is looked up for access control lists.
//
// Needs:   what erofs-overlay needs. An image that has access control lists would lose them and is skipped.
// Source:  Documentation/filesystems/erofs.rst: mount options acl and noacl.
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import { DATA_LOWERS, dataOverlay, ROOT } from './data-overlay.ts';
import { manifestLifecycle } from './manifest.ts';

const hasAcl = ({ tree }: Image): boolean => {
  for (let index = 0; index < tree.count; index++)
    if (tree.entry(index).xattrs.some(([key]) => key.startsWith('system.posix_acl_'))) return true;
  return false;
};

export const backend: Backend = {
  id: 'erofs-overlay-noacl',
  title: 'EROFS without ACLs + overlayfs',
  how: 'As erofs-overlay, with the mount option noacl on EROFS.',
  answers: 'Is the warm gap made by looking for access control lists?',
  idle: [],
  needs: [ROOT, { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] }, DATA_LOWERS],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    if (hasAcl(image)) throw new UserError('noacl would hide its access control lists', { code: 'skip' });
    const lower = { source: 'best', options: [['noacl']] } as const;
    return manifestLifecycle(image, machine, dataOverlay(image, machine, lower));
  },
};
