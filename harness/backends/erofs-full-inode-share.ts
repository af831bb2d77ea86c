// erofs-full whose files carry the digests of their contents, so that the kernel keeps pages of equal files of all images once.
//
// Needs:   what erofs-full needs; EROFS with page cache sharing (Linux 7.0).
// Does:    build (untimed): as erofs-full, of layers whose files got the attribute. mount: two options more, inode_share and domain_id.
// Error:   a container without CAP_SYS_ADMIN does not see the attribute, root does: the proof says so. The kernel believes digests: an image
//          that lies about them shows the contents of another image of its domain.
// Source:  Documentation/filesystems/erofs.rst (inode_share, domain_id); mkfs.erofs(1), --xattr-inode-digest, which versions before 1.9 lack.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Backend } from '../model/backend.ts';
import { DIGEST_KEY, IMAGE_HEAD_BYTES, nameDigests, SHARE_OPTIONS } from '../model/inode-digests.ts';
import { setInodeDigests } from '../store/inode-digests.ts';
import { type BlockImage, blockImageLifecycle, builtPath } from './block-image.ts';
import { namingFilters } from './erofs-filter.ts';
import { backend as erofsFull, erofsImage } from './erofs-full.ts';

const finish = (file: string): void => {
  const fd = openSync(file, 'r+');
  try {
    const head = Buffer.alloc(IMAGE_HEAD_BYTES);
    readSync(fd, head, 0, head.length, 0);
    nameDigests(head);
    writeSync(fd, head, 0, head.length, 0);
  } finally {
    closeSync(fd);
  }
};

export const sharedErofsImage: BlockImage = {
  ...erofsImage,
  built: 'shared.erofs',
  options: SHARE_OPTIONS,
  took: { pages: 'inode_share' },
  prepareLayers: setInodeDigests,
  finish,
};

export const backend: Backend = {
  ...erofsFull,
  id: 'erofs-full-inode-share',
  title: 'EROFS with contents and shared pages',
  how: 'As erofs-full, and each file carries the digest of its contents: the kernel keeps pages of equal files once, whichever image they are in. Images share no disk.',
  answers:
    'EROFS can share the page cache of equal files between block images: what does that save, and what is still cached twice?',
  needs: [
    ...erofsFull.needs,
    { title: 'EROFS that shares pages between images', anyOf: ['erofs-inode-share'] },
  ],
  marks: [DIGEST_KEY],
  prepare: async (image, machine) =>
    namingFilters(
      await blockImageLifecycle(image, machine, sharedErofsImage),
      builtPath(image, sharedErofsImage),
    ),
};
