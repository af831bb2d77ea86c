// One uncompressed EROFS image with metadata and contents: the block-image model.
//
// Needs:   root in the initial user namespace; EROFS from a file (else over a loop device); mkfs.erofs, tar and overlayfs to
//          build it.
// Source:  mkfs.erofs(1): hard links, attributes and mtimes come from the tree; inodes are compact where their fields fit.
import type { Backend } from '../model/backend.ts';
import { type BlockImage, blockImageLifecycle, builtPath } from './block-image.ts';
import { namingFilters } from './erofs-filter.ts';
import { EROFS, OVERLAY, ROOT, TAR } from './needs.ts';

/** An attribute of two or more files is stored once. */
const XATTRS_SHARED_FROM_TWO = '-x1';

export const erofsImage: BlockImage = {
  type: 'erofs',
  mountsFiles: ({ features }) => features['erofs-file'].ok,
  build: (tree, file) => ['mkfs.erofs', XATTRS_SHARED_FROM_TWO, '--preserve-mtime', '--quiet', file, tree],
};

export const backend: Backend = {
  id: 'erofs-full',
  title: 'EROFS with contents',
  how: 'One EROFS image holds metadata and contents of the whole tree, is received as one file and mounted directly; images share nothing.',
  answers: 'A block image needs neither an object store nor overlayfs: what does sharing buy?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [ROOT, EROFS, { title: 'mkfs.erofs', anyOf: ['mkfs-erofs'] }, OVERLAY, TAR],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) =>
    namingFilters(await blockImageLifecycle(image, machine, erofsImage), builtPath(image, erofsImage)),
};
