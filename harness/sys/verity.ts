// fs-verity of one file: enabled, the kernel verifies every page that is read and refuses to open the file for writing; measured, it says
// which digest it enforces.
//
// Needs:   CONFIG_FS_VERITY and support by the file system; the file open for reading and not open for writing.
// Leaves:  a read-only file.
// Source:  Documentation/filesystems/fsverity.rst, FS_IOC_ENABLE_VERITY, FS_IOC_MEASURE_VERITY.
import type { Fd } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import type { CallListBuilder } from './call-list.ts';
import { bind, EBADMSG, ENODATA, ENOTTY, EOPNOTSUPP, fail, lastErrno } from './libc.ts';
import { argumentOf, EXPECT } from './listed-call.ts';
import { callNumber } from './syscall-names.ts';

const cIoctl = bind<(fd: number, request: number, argument: Uint8Array) => number>(
  'ioctl',
  'int',
  'ulong',
  'void *',
);

const IOCTL = callNumber('ioctl');
const WORD_BYTES = 4;
const WORD = 0xffffffff;

/** The file system does not know the request. */
export const isUnsupported = (errno: number): boolean => errno === ENOTTY || errno === EOPNOTSUPP;

const FS_IOC_ENABLE_VERITY = 0x40806685;
// struct fsverity_enable_arg: version, hash_algorithm (SHA-256), block_size, then zeros.
const ARGUMENT_BYTES = 128;
const BLOCK_BYTES = 4096;

const enableArgument = (): Buffer => {
  const argument = Buffer.alloc(ARGUMENT_BYTES);
  argument.writeUInt32LE(1, 0);
  argument.writeUInt32LE(1, 4);
  argument.writeUInt32LE(BLOCK_BYTES, 8);
  return argument;
};

export const enableVerity = (fd: number): void => {
  if (cIoctl(fd, FS_IOC_ENABLE_VERITY, enableArgument()) < 0) fail('ioctl(FS_IOC_ENABLE_VERITY)');
};

const FS_IOC_MEASURE_VERITY = 0xc0046686;
// struct fsverity_digest: algorithm, size of the digest, digest.
const MEASURED_BYTES = 4 + 64;
const DIGEST_AT = 4;
const SHA256 = 1;
const SHA256_BYTES = 32;
/** Of a file without fs-verity, or on a file system without it. */
const isAbsent = (errno: number): boolean => errno === ENODATA || isUnsupported(errno);

const measureArgument = (): Buffer => {
  const measured = Buffer.alloc(MEASURED_BYTES);
  measured.writeUInt16LE(MEASURED_BYTES - DIGEST_AT, 2);
  return measured;
};

const digestIn = (measured: Buffer): string | null => {
  const isKnown = measured.readUInt16LE(0) === SHA256 && measured.readUInt16LE(2) === SHA256_BYTES;
  return isKnown ? measured.toString('hex', DIGEST_AT, DIGEST_AT + SHA256_BYTES) : null;
};

/** 64 hex digits; null: no digest of SHA-256 is enforced for the file. */
export const measureVerity = (fd: number): string | null => {
  const measured = measureArgument();
  if (cIoctl(fd, FS_IOC_MEASURE_VERITY, measured) < 0) {
    const errno = lastErrno();
    return isAbsent(errno) ? null : fail('ioctl(FS_IOC_MEASURE_VERITY)', {}, errno);
  }
  return digestIn(measured);
};

/** Adds the call to a list. */
export const listEnableVerity = (list: CallListBuilder, fd: Fd, path: string): void => {
  list.add({
    number: IOCTL,
    args: [argumentOf(fd), FS_IOC_ENABLE_VERITY, enableArgument()],
    onFailure(errno) {
      if (isUnsupported(errno))
        throw new UserError('fs-verity cannot be enabled', { code: 'no-verity', exit: 4, facts: [path] });
      fail('ioctl(FS_IOC_ENABLE_VERITY)', { facts: [path] }, errno);
    },
  });
};

const throwWrongDigest = (path: string, expected: string, enforced: string | null): never => {
  throw new UserError('the manifest does not have the expected fs-verity digest', {
    code: 'wrong-digest',
    exit: 5,
    facts: [`manifest: ${path}`, `expected: ${expected}`, `enforced: ${enforced ?? 'none'}`],
  });
};

/** Adds the call to a list, and the comparison of its result, word by word. */
export const listExpectVerity = (list: CallListBuilder, fd: Fd, path: string, digest: string): void => {
  const measured = measureArgument();
  list.add({
    number: IOCTL,
    args: [argumentOf(fd), FS_IOC_MEASURE_VERITY, measured],
    onFailure(errno) {
      if (isAbsent(errno)) throwWrongDigest(path, digest, null);
      fail('ioctl(FS_IOC_MEASURE_VERITY)', { facts: [path] }, errno);
    },
  });
  const wanted = Buffer.alloc(DIGEST_AT + SHA256_BYTES);
  wanted.writeUInt16LE(SHA256, 0);
  wanted.writeUInt16LE(SHA256_BYTES, 2);
  wanted.write(digest, DIGEST_AT, 'hex');
  for (let at = 0; at < wanted.length; at += WORD_BYTES)
    list.add({
      number: EXPECT,
      args: [{ bytes: measured, at }, WORD, wanted.readUInt32LE(at), EBADMSG],
      onFailure: () => throwWrongDigest(path, digest, digestIn(measured)),
    });
};
