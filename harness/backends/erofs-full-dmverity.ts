// erofs-full on a device that the kernel verifies: every block of metadata and contents, by one root hash.
//
// Needs:   root in the initial user namespace; dm-verity and veritysetup; EROFS over a loop device; what erofs-full needs to build it.
import type { Backend } from '../model/backend.ts';
import { builtPath, verifiedImageLifecycle } from './block-image.ts';
import { namingFilters } from './erofs-filter.ts';
import { erofsImage } from './erofs-full.ts';
import { DM_VERITY, EROFS_LOOP, OVERLAY, ROOT, TAR, VERITYSETUP } from './needs.ts';
import { VERITY_PROGRAM } from './verity-device.ts';

export const backend: Backend = {
  id: 'erofs-full-dmverity',
  title: 'EROFS with contents over dm-verity',
  how: 'As erofs-full, with a hash tree behind the image, over a loop device and dm-verity: the kernel verifies each block that is read by one root hash.',
  answers:
    'dm-verity covers a whole image, but needs a block device: what does it cost, and what does it refuse?',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  starts: [VERITY_PROGRAM],
  needs: [
    ...[ROOT, EROFS_LOOP, { title: 'mkfs.erofs', anyOf: ['mkfs-erofs'] } as const, OVERLAY, TAR],
    ...[DM_VERITY, VERITYSETUP],
  ],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) =>
    namingFilters(await verifiedImageLifecycle(image, machine, erofsImage), builtPath(image, erofsImage)),
};
