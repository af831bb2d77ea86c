// Calls into the C library and the kernel, made from this thread.
//
// Needs:   a libc that Node itself is linked with (glibc or musl), x86_64 or arm64.
// Error:   none; a failed call returns -1 and the caller asks for errno before it calls anything else.
// Cost:    0.1 to 0.5 us per call beside what the call itself takes.
// Source:  include/uapi/asm-generic/unistd.h: numbers from 424 on are the same on every architecture.
import { constants } from 'node:os';
import koffi from 'koffi';
import { type ErrorParts, SysError } from '../model/errors.ts';

const libc = koffi.load(null);

/** Numbers of calls that musl, or an older glibc, has no function for. */
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

/** A function of libc; 32-bit results. Strings are passed as UTF-8 with a NUL, typed arrays by address. */
export const bind = <F extends (...args: never[]) => number>(name: string, ...args: string[]): F =>
  libc.func(name, 'int', args) as unknown as F;

/** The same, made from threads of Node's pool: several at once, and this one goes on. No errno; the arguments must not change meanwhile. */
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

/** The same for functions that return an address. */
export const bindAddress = <F extends (...args: never[]) => bigint>(name: string, ...args: string[]): F =>
  libc.func(name, 'intptr_t', args) as unknown as F;

/** `syscall(2)`, declared once for each shape of arguments; the number comes first in every call. */
export const bindCall = <F extends (number: number, ...args: never[]) => number>(...args: string[]): F =>
  libc.func('syscall', 'long', ['long', ...args]) as unknown as F;

const UNNAMED: Readonly<Record<number, string>> = { 15: 'ENOTBLK', 117: 'EUCLEAN', 524: 'ENOTSUPP' };

const NAMES = new Map<number, string>(
  Object.entries(constants.errno)
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'ENOTSUP')
    .map(([name, number]) => [number, name]),
);

export const errnoName = (errno: number): string => NAMES.get(errno) ?? UNNAMED[errno] ?? `errno ${errno}`;

export const lastErrno = (): number => koffi.errno();

export const { EAGAIN, EBUSY, EEXIST, EINTR, EINVAL, ENODATA, ENOENT, ENOSYS, ENOTTY, ENXIO, ERANGE, ESRCH } =
  constants.errno;

/** Throws what the last call left in errno. */
export const fail = (call: string, parts: ErrorParts = {}, errno = lastErrno()): never => {
  throw new SysError(call, errno, errnoName(errno), parts);
};

/** Passes a non-negative result through. */
export const check = (result: number, call: string, ...facts: string[]): number =>
  result < 0 ? fail(call, { facts }) : result;
