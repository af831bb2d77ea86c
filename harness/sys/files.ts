// Direct system calls on files and folders, for use inside windows.
//
// Does:    one system call per method; syncfs: open, syncfs, close.
// Error:   failures throw with the call, the errno and the path.
// Cost:    under 0.5 us per call in addition to the call.
// Source:  fcntl(2), "File leases": a write lease is refused while any other open file description refers to the file.
import { statSync } from 'node:fs';
import { SysError } from '../model/errors.ts';
import type { Files } from '../model/machine.ts';
import { bind, bindCall, EAGAIN, EINTR, fail, lastErrno, NR } from './libc.ts';
import { ownCalls } from './own-calls.ts';
import { enableVerity, isUnsupported, measureVerity } from './verity.ts';
import { setXattr } from './xattrs.ts';

const cAccess = bind<(path: string, mode: number) => number>('access', 'str', 'int');
const cOpen = bind<(path: string, flags: number, mode: number) => number>('open', 'str', 'int', 'uint');
const cClose = bind<(fd: number) => number>('close', 'int');
const cRead = bind<(fd: number, into: Uint8Array, size: number, offset: number) => number>(
  'pread',
  'int',
  'void *',
  'size_t',
  'int64',
);
const cWrite = bind<(fd: number, from: Uint8Array, size: number) => number>(
  'write',
  'int',
  'const void *',
  'size_t',
);
const cSyncfs = bind<(fd: number) => number>('syncfs', 'int');
const cFcntl = bind<(fd: number, command: number, argument: number) => number>('fcntl', 'int', 'int', 'int');
const cGetdents = bindCall<(number: number, fd: number, into: Uint8Array, size: number) => number>(
  'int',
  'void *',
  'size_t',
);

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CLOEXEC = 0o2000000;
// Differs between the architectures.
export const O_DIRECTORY = process.arch === 'arm64' ? 0o40000 : 0o200000;
export const O_PATH = 0o10000000;

const F_SETLEASE = 1024;
const F_WRLCK = 1;
const F_UNLCK = 2;
const FILE_MODE = 0o644;

// One write(2) moves at most 2 GiB less a page.
const LARGEST_TRANSFER_BYTES = 0x7ffff000;

const entries = Buffer.alloc(32768);
const NAME_OFFSET = 19;

const open = (path: string, flags: number, mode = FILE_MODE): number => {
  for (;;) {
    const fd = cOpen(path, flags | O_CLOEXEC, mode);
    if (fd >= 0) return fd;
    const errno = lastErrno();
    if (errno !== EINTR) return fail('open', { facts: [path] }, errno);
  }
};

const close = (fd: number): void => {
  if (cClose(fd) < 0) fail('close', { facts: [`descriptor: ${fd}`] });
};

const writeWhole = (fd: number, bytes: Uint8Array): void => {
  let done = 0;
  while (done < bytes.length) {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    ownCalls.write++;
    const written = cWrite(fd, rest, Math.min(rest.length, LARGEST_TRANSFER_BYTES));
    if (written >= 0) done += written;
    else if (lastErrno() !== EINTR) fail('write', { facts: [`bytes left: ${rest.length}`] });
  }
};

const pread = (fd: number, into: Uint8Array, offset: number): number => {
  let done = 0;
  while (done < into.length) {
    const rest = done === 0 ? into : into.subarray(done);
    const got = cRead(fd, rest, Math.min(rest.length, LARGEST_TRANSFER_BYTES), offset + done);
    if (got === 0) break;
    if (got > 0) done += got;
    else if (lastErrno() !== EINTR) fail('pread', { facts: [`offset: ${offset + done}`] });
  }
  return done;
};

const names = (path: string): string[] => {
  const fd = open(path, O_RDONLY | O_DIRECTORY);
  const found: string[] = [];
  for (;;) {
    const length = cGetdents(NR.getdents64, fd, entries, entries.length);
    if (length < 0) {
      const errno = lastErrno();
      cClose(fd);
      fail('getdents64', { facts: [path] }, errno);
    }
    if (length === 0) break;
    for (let at = 0; at < length; at += entries.readUInt16LE(at + 16)) {
      const name = entries.toString('latin1', at + NAME_OFFSET, entries.indexOf(0, at + NAME_OFFSET));
      if (name !== '.' && name !== '..') found.push(name);
    }
  }
  cClose(fd);
  return found;
};

const leaseFree = (path: string): boolean => {
  const fd = open(path, O_RDONLY);
  const granted = cFcntl(fd, F_SETLEASE, F_WRLCK);
  const errno = granted < 0 ? lastErrno() : 0;
  if (granted === 0) cFcntl(fd, F_SETLEASE, F_UNLCK);
  cClose(fd);
  if (granted < 0 && errno !== EAGAIN) fail('fcntl(F_SETLEASE)', { facts: [path] }, errno);
  return granted === 0;
};

const syncfs = (path: string): void => {
  const fd = open(path, O_RDONLY);
  const result = cSyncfs(fd);
  const errno = result < 0 ? lastErrno() : 0;
  cClose(fd);
  if (result < 0) fail('syncfs', { facts: [path] }, errno);
};

/** Operations that are call lists, and those in the C library, are the machine's. */
export const files: Omit<Files, 'mkdir' | 'rmdir' | 'unlink' | 'rename' | 'writeNew' | 'batch'> = {
  exists: (path) => cAccess(path, 0) === 0,
  deviceOf: (path) => statSync(path).dev,
  open,
  close,
  pread,
  write: writeWhole,
  names,
  syncfs,
  leaseFree,
  measureVerity,
  setXattr,
  enableVerity(fd) {
    try {
      enableVerity(fd);
      return true;
    } catch (error) {
      if (error instanceof SysError && isUnsupported(error.errno)) return false;
      throw error;
    }
  },
};
