// Whether the kernel has given up the superblock of a mount without a device: its number is then free, and is the next one that the
// kernel hands out, since it always takes the lowest.
//
// Needs:   CAP_SYS_ADMIN in the mount namespace; tmpfs.
// Reads:   st_dev of a mount, before it goes; st_dev of detached tmpfs mounts made one after another, afterwards.
// Does:    fsopen, fsconfig, fsmount of a tmpfs that is attached nowhere, until its number is not below the one that is looked for.
// Error:   somebody else on the machine who mounts in these microseconds may get the number: that looks like a superblock that is held.
//          Where more than MOST lower numbers are free nothing is said.
// Cost:    some 30 us for each lower number that is free, and as much to give them back.
// Leaves:  nothing: detached mounts go with their descriptors.
// Source:  fs/super.c (get_anon_bdev: ida_alloc_range from 1; kill_anon_super gives the number back after the file system is shut down).
import { closeSync, fstatSync, statSync } from 'node:fs';
import type { Mounts } from '../model/machine.ts';

/** Lower numbers that others left free meanwhile. */
const MOST = 64;
const MINOR_LOW = 0xffn;
/** As the C library packs a device number: 8 bits of the minor, 12 of the major, the rest of the minor. */
const minorOf = (device: bigint): number => Number((device & MINOR_LOW) | ((device >> 12n) & ~MINOR_LOW));

export const superblockAt = (at: string): number => minorOf(statSync(at, { bigint: true }).dev);

export const superblockFree = (minor: number, create: Mounts['create']): boolean | null => {
  const taken: number[] = [];
  try {
    while (taken.length < MOST) {
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
