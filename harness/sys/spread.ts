// Spreads the subfolders of a folder over the disk: ext4 places each in another block group.
//
// Needs:   ext4; other file systems do not need it.
// Does:    sets the top-of-hierarchy flag (`chattr +T`) on the folder.
// Error:   a file system without the flag is left unchanged.
// Leaves:  the flag, until the folder is removed.
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

/** Whether the file system accepted the flag. */
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
