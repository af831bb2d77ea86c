// One squashfs image with metadata and contents over a loop device, uncompressed like the other images.
//
// Needs:   root in the initial user namespace; squashfs over a loop device; mksquashfs, tar and overlayfs to build it.
// Error:   squashfs stores mtimes in whole seconds and only the attributes user.*, trusted.* and security.*; other images are skipped.
// Source:  mksquashfs(1); Documentation/filesystems/squashfs.rst.
import type { Backend } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { type BlockImage, blockImageLifecycle } from './block-image.ts';
import { OVERLAY, ROOT, TAR } from './needs.ts';
import { skip } from './refuse.ts';

export const squashfsImage: BlockImage = {
  type: 'squashfs',
  mountsFiles: () => false,
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

/** The first property of the tree that squashfs cannot store, or null. */
const obstacle = (tree: Tree): string | null => {
  for (let index = 0; index < tree.count; index++) {
    const { mtimeSec, mtimeNsec, xattrs } = tree.entry(index);
    if (mtimeNsec !== 0) return 'squashfs stores mtimes in whole seconds; this image has nanoseconds';
    if (mtimeSec < 0n || mtimeSec >= LAST_SECOND)
      return 'squashfs stores mtimes in 32 bits; this image has larger ones';
    const other = xattrs.find(([key]) => !KEPT.test(key));
    if (other !== undefined) return `squashfs cannot store the attribute ${other[0]}`;
  }
  return null;
};

/** Skips images that squashfs cannot store. */
export const squashable = (image: Image): Image => {
  const reason = obstacle(image.tree);
  return reason === null ? image : skip(reason);
};

export const backend: Backend = {
  id: 'squashfs-full',
  title: 'squashfs with contents',
  how: 'One uncompressed squashfs image holds metadata and contents of the whole tree and is mounted over a loop device.',
  answers: 'Is the older read-only image format good enough?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [
    ROOT,
    { title: 'squashfs over a loop device', anyOf: ['squashfs-loop'] },
    { title: 'mksquashfs', anyOf: ['mksquashfs'] },
    OVERLAY,
    TAR,
  ],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) => blockImageLifecycle(squashable(image), machine, squashfsImage),
};
