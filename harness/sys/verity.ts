// fs-verity of one file: enabled, the kernel verifies every page that is read and refuses to open the file for writing; measured, it says
// which digest it enforces.
//
// Needs:   CONFIG_FS_VERITY and support by the file system; the file open for reading and not open for writing.
// Leaves:  a read-only file.
// Source:  Documentation/filesystems/fsverity.rst, FS_IOC_ENABLE_VERITY, FS_IOC_MEASURE_VERITY.
import { bind, fail, lastErrno } from './libc.ts';

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

const FS_IOC_MEASURE_VERITY = 0xc0046686;
// struct fsverity_digest: algorithm, size of the digest, digest.
const MEASURED_BYTES = 4 + 64;
const SHA256 = 1;
const SHA256_BYTES = 32;
const ENODATA = 61;
const NOT_SUPPORTED = [25, 95];

/** 64 hex digits; null: no digest of SHA-256 is enforced for the file. */
export const measureVerity = (fd: number): string | null => {
  const measured = Buffer.alloc(MEASURED_BYTES);
  measured.writeUInt16LE(MEASURED_BYTES - 4, 2);
  if (cIoctl(fd, FS_IOC_MEASURE_VERITY, measured) < 0) {
    const errno = lastErrno();
    return errno === ENODATA || NOT_SUPPORTED.includes(errno)
      ? null
      : fail('ioctl(FS_IOC_MEASURE_VERITY)', {}, errno);
  }
  const isKnown = measured.readUInt16LE(0) === SHA256 && measured.readUInt16LE(2) === SHA256_BYTES;
  return isKnown ? measured.toString('hex', 4, 4 + SHA256_BYTES) : null;
};
