// squashfs-full on a device that the kernel verifies.
//
// Needs:   root in the initial user namespace; dm-verity and veritysetup; what squashfs-full needs.
// Error:   as squashfs-full: images with mtimes or attributes that squashfs cannot store are skipped.
import type { Backend } from '../model/backend.ts';
import { verifiedImageLifecycle } from './block-image.ts';
import { DM_VERITY, VERITYSETUP } from './needs.ts';
import { squashable, backend as squashfsFull, squashfsImage } from './squashfs-full.ts';
import { VERITY_PROGRAM } from './verity-device.ts';

export const backend: Backend = {
  id: 'squashfs-full-dmverity',
  title: 'squashfs with contents over dm-verity',
  how: 'As squashfs-full, with a hash tree behind the image and dm-verity between the loop device and squashfs.',
  answers: 'Is the older read-only image format good enough below dm-verity, too?',
  idle: squashfsFull.idle,
  createsFiles: true,
  starts: [VERITY_PROGRAM],
  needs: [...squashfsFull.needs, DM_VERITY, VERITYSETUP],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) => verifiedImageLifecycle(squashable(image), machine, squashfsImage),
};
