// Calls of the C library and the kernel from this thread.
//
// Needs:   the libc of Node itself (glibc or musl), x86_64 or arm64.
// Error:   none. A failed call returns -1; `lastErrno` is the errno of the last one that failed.
// Cost:    0.1 to 0.5 us per call in addition to the call.
// Source:  include/uapi/asm-generic/unistd.h: numbers from 424 on are equal on all architectures.
import { constants } from 'node:os';
import koffi from 'koffi';
import { type ErrorParts, SysError } from '../model/errors.ts';

const libc = koffi.load(null);

/** Numbers of calls that have no function in musl or in older versions of glibc. */
export const NR = {
  statx: process.arch === 'arm64' ? 291 : 332,
  getdents64: process.arch === 'arm64' ? 61 : 217,
  openTree: 428,
  moveMount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  pidfdOpen: 434,
  mountSetattr: 442,
  cachestat: 451,
  statmount: 457,
  membarrier: process.arch === 'arm64' ? 283 : 324,
  bpf: process.arch === 'arm64' ? 280 : 321,
} as const;

type Called = (...given: unknown[]) => number | bigint;

let failedErrno = 0;

/** Reads errno at once: later work of this thread changes it, also work of V8 that no line of JavaScript asks for. */
const keepingErrno =
  (called: Called): Called =>
  (...given) => {
    const result = called(...given);
    if (result < 0) failedErrno = koffi.errno();
    return result;
  };

/** A function of libc with a 32-bit result. Strings are passed as UTF-8 with a NUL, typed arrays by address. */
export const bind = <F extends (...args: never[]) => number>(name: string, ...args: string[]): F =>
  keepingErrno(libc.func(name, 'int', args) as unknown as Called) as unknown as F;

/** The same on a thread of Node's pool. errno is not available; the arguments must not change until the call returned. */
export const bindInPool = <A extends readonly unknown[]>(
  name: string,
  ...args: string[]
): ((...given: A) => Promise<number>) => {
  const called = libc.func(name, 'int', args);
  return (...given) =>
    new Promise((resolve, reject) => {
      called.async(...given, (error: Error | null, result: number) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
};

/** A function of libc that returns an address. */
export const bindAddress = <F extends (...args: never[]) => bigint>(name: string, ...args: string[]): F =>
  keepingErrno(libc.func(name, 'intptr_t', args) as unknown as Called) as unknown as F;

/** `syscall(2)` for one list of argument types; the first argument is the number of the call. */
export const bindCall = <F extends (number: number, ...args: never[]) => number>(...args: string[]): F =>
  keepingErrno(libc.func('syscall', 'long', ['long', ...args]) as unknown as Called) as unknown as F;

/** Not in Node's list. */
export const EUCLEAN = 117;
const UNNAMED: Readonly<Record<number, string>> = { 15: 'ENOTBLK', [EUCLEAN]: 'EUCLEAN', 524: 'ENOTSUPP' };

const NAMES = new Map<number, string>(
  Object.entries(constants.errno)
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'ENOTSUP')
    .map(([name, number]) => [number, name]),
);

export const errnoName = (errno: number): string => NAMES.get(errno) ?? UNNAMED[errno] ?? `errno ${errno}`;

/** Of the last call in this thread that failed. */
export const lastErrno = (): number => failedErrno;

export const {
  EAGAIN,
  EBADMSG,
  EBUSY,
  ECANCELED,
  EFAULT,
  EINTR,
  EINVAL,
  EIO,
  ENODATA,
  ENODEV,
  ENOENT,
  ENOSYS,
  ENOTTY,
  ENXIO,
  EOPNOTSUPP,
  EPERM,
  ESRCH,
} = constants.errno;

/** Throws a SysError with the errno of the last call. */
export const fail = (call: string, parts: ErrorParts = {}, errno = lastErrno()): never => {
  throw new SysError(call, errno, errnoName(errno), parts);
};

/** Returns a non-negative result; throws a SysError otherwise. */
export const check = (result: number, call: string, ...facts: string[]): number =>
  result < 0 ? fail(call, { facts }) : result;
