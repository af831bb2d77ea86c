// Enables fs-verity for one file: the kernel then verifies every page that is read and refuses to open the file for writing.
//
// Needs:   CONFIG_FS_VERITY and support by the file system; the file open for reading and not open for writing.
// Leaves:  a read-only file.
// Source:  Documentation/filesystems/fsverity.rst, FS_IOC_ENABLE_VERITY.
import { bind, fail } from './libc.ts';

const cIoctl = bind<(fd: number, request: number, argument: Uint8Array) => number>(
  'ioctl',
  'int',
  'ulong',
  'void *',
);

const FS_IOC_ENABLE_VERITY = 0x40806685;
// struct fsverity_enable_arg: version, hash_algorithm (SHA-256), block_size, then zeros.
const ARGUMENT_BYTES = 128;
const BLOCK_BYTES = 4096;

export const enableVerity = (fd: number): void => {
  const argument = Buffer.alloc(ARGUMENT_BYTES);
  argument.writeUInt32LE(1, 0);
  argument.writeUInt32LE(1, 4);
  argument.writeUInt32LE(BLOCK_BYTES, 8);
  if (cIoctl(fd, FS_IOC_ENABLE_VERITY, argument) < 0) fail('ioctl(FS_IOC_ENABLE_VERITY)');
};
