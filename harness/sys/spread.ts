// Children of a folder spread over the disk: ext4 then starts each of them in a block group of its own.
//
// Needs:   ext4; elsewhere nothing happens and nothing is needed.
// Does:    sets the top-of-hierarchy flag (`chattr +T`) on the folder.
// Error:   none that matters: a file system that knows no such flag refuses it, and is left as it is.
// Leaves:  the flag, which goes with the folder.
// Source:  ioctl_iflags(2); fs/ext4/ialloc.c (find_group_orlov, recently_deleted).
import { files, O_RDONLY } from './files.ts';
import { bind } from './libc.ts';

const cIoctl = bind<(fd: number, request: bigint, argument: Uint8Array) => number>(
  'ioctl',
  'int',
  'ulong',
  'void *',
);

const FS_IOC_GETFLAGS = 0x80086601n;
const FS_IOC_SETFLAGS = 0x40086602n;
const TOPDIR = 0x00020000;

/** Whether the file system took the flag. */
export const spreadChildren = (folder: string): boolean => {
  const fd = files.open(folder, O_RDONLY);
  try {
    const flags = Buffer.alloc(8);
    if (cIoctl(fd, FS_IOC_GETFLAGS, flags) < 0) return false;
    flags.writeUInt32LE((flags.readUInt32LE(0) | TOPDIR) >>> 0, 0);
    return cIoctl(fd, FS_IOC_SETFLAGS, flags) === 0;
  } finally {
    files.close(fd);
  }
};
