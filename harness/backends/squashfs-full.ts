// One squashfs image with metadata and contents, uncompressed like everybody else's, over a loop device.
//
// Needs:   root in the initial user namespace; squashfs over a loop device; mksquashfs, tar and overlayfs to build it.
// Error:   squashfs keeps whole seconds and the attributes user.*, trusted.* and security.* only: an image with more is skipped.
// Source:  mksquashfs(1); Documentation/filesystems/squashfs.rst.
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { type BlockImage, blockImageLifecycle } from './block-image.ts';

const kind: BlockImage = {
  type: 'squashfs',
  fromFile: () => false,
  build: (tree, file) => [
    'mksquashfs',
    tree,
    file,
    ...['-noappend', '-quiet', '-no-progress', '-xattrs'],
    ...['-noInodeCompression', '-noDataCompression', '-noFragmentCompression', '-noXattrCompression'],
  ],
};

const KEPT = /^(user|trusted|security)\./;
const LAST_SECOND = 2n ** 32n;

const whyNot = (tree: Tree): string | null => {
  for (let index = 0; index < tree.count; index++) {
    const { mtimeSec, mtimeNsec, xattrs } = tree.entry(index);
    if (mtimeNsec !== 0) return 'squashfs keeps whole seconds and this image has mtimes with nanoseconds';
    if (mtimeSec < 0n || mtimeSec >= LAST_SECOND) return 'squashfs keeps mtimes of 32 bits only';
    const other = xattrs.find(([key]) => !KEPT.test(key));
    if (other !== undefined) return `squashfs cannot keep the attribute ${other[0]}`;
  }
  return null;
};

const checked = (image: Image): Image => {
  const reason = whyNot(image.tree);
  if (reason !== null) throw new UserError(reason, { code: 'skip' });
  return image;
};

export const backend: Backend = {
  id: 'squashfs-full',
  title: 'squashfs with contents',
  how: 'One uncompressed squashfs image holds metadata and contents of the whole tree and is mounted over a loop device.',
  answers: 'Is the older read-only image format not good enough?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [
    { title: 'root in the initial user namespace', anyOf: ['root'] },
    { title: 'squashfs over a loop device', anyOf: ['squashfs-loop'] },
    { title: 'mksquashfs', anyOf: ['mksquashfs'] },
    { title: 'overlayfs', anyOf: ['overlay'] },
    { title: 'GNU tar', anyOf: ['tar'] },
  ],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) => blockImageLifecycle(checked(image), machine, kind),
};
