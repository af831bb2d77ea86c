// Whether the superblock of an unmounted file system without a block device is gone: its anonymous device number is then free, and
// the kernel always allocates the lowest free number.
//
// Needs:   CAP_SYS_ADMIN in the mount namespace; tmpfs.
// Reads:   st_dev of the mount before the unmount; st_dev of detached tmpfs mounts afterwards.
// Does:    makes detached tmpfs mounts until one has the number or a higher one.
// Error:   another process that mounts in these microseconds may get the number: then the superblock looks held. Null if more
//          than MAX_MOUNTS lower numbers are free.
// Cost:    about 30 us for each lower free number, and the same to close them.
// Leaves:  nothing: the kernel removes detached mounts with their descriptors.
// Source:  fs/super.c (get_anon_bdev: ida_alloc_range from 1; kill_anon_super frees the number after the shutdown of the file system).
import { closeSync, fstatSync, statSync } from 'node:fs';
import type { Mounts } from '../model/machine.ts';

const MAX_MOUNTS = 64;
const MINOR_LOW = 0xffn;
/** glibc's layout of a device number: 8 bits of the minor, 12 of the major, the rest of the minor. */
const minorOf = (device: bigint): number => Number((device & MINOR_LOW) | ((device >> 12n) & ~MINOR_LOW));

export const superblockAt = (at: string): number => minorOf(statSync(at, { bigint: true }).dev);

export const superblockFree = (minor: number, create: Mounts['create']): boolean | null => {
  const taken: number[] = [];
  try {
    while (taken.length < MAX_MOUNTS) {
      const fd = create('tmpfs', [['size', '4096']], ['ro', 'nosuid', 'nodev']);
      taken.push(fd);
      const got = minorOf(fstatSync(fd, { bigint: true }).dev);
      if (got >= minor) return got === minor;
    }
    return null;
  } finally {
    for (const fd of taken) closeSync(fd);
  }
};
