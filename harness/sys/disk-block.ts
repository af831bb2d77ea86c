// Where the contents of a file lie in the file or device that holds its file system.
//
// Needs:   CAP_SYS_RAWIO; a file system on one device that maps blocks (ext4, XFS); its blocks written (sync).
// Does:    FIBMAP of the first block.
// Error:   none; a hole, inline contents or an unwritten block are refused.
// Source:  include/uapi/linux/fs.h (FIBMAP, FIGETBSZ); Documentation/filesystems/fiemap.rst.
import { closeSync, openSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import { bind, fail } from './libc.ts';

const cIoctl = bind<(fd: number, request: number, argument: Uint8Array) => number>(
  'ioctl',
  'int',
  'ulong',
  'void *',
);

const FIBMAP = 1;
const FIGETBSZ = 2;

const asked = (fd: number, [name, request]: readonly [string, number], path: string): number => {
  const value = Buffer.alloc(4);
  if (cIoctl(fd, request, value) < 0) fail(`ioctl(${name})`, { facts: [path] });
  return value.readUInt32LE(0);
};

/** Byte offset on the device. */
export const firstByteOnDisk = (path: string): number => {
  const fd = openSync(path, 'r');
  try {
    const block = asked(fd, ['FIBMAP', FIBMAP], path);
    if (block === 0)
      throw new UserError('the file has no block on its device', {
        exit: 5,
        code: 'no-block',
        facts: [path],
      });
    return block * asked(fd, ['FIGETBSZ', FIGETBSZ], path);
  } finally {
    closeSync(fd);
  }
};
