// The operations as direct system calls: one call is one sample.
//
// Does:   statx, open and close, pread of 4 KiB, readlink, lgetxattr, getdents64. Writes nothing.
// Error:  a call from here takes about 0.2 us longer than one from C; a call of getppid, timed in the same way, measures that.
// Source: the manual pages of section 2.
import { O_DIRECTORY } from '../sys/files.ts';
import { bind, check, errnoName, lastErrno } from '../sys/libc.ts';

export type RepeatedOperation = 'stat' | 'open' | 'read' | 'readlink' | 'getxattr' | 'getdents';

type LibcPathCall = (path: string, into: Uint8Array, size: number) => number;

const cStatx = bind<(dir: number, path: string, flags: number, mask: number, into: Uint8Array) => number>(
  'statx',
  'int',
  'str',
  'int',
  'uint',
  'void *',
);
const cOpen = bind<(path: string, flags: number) => number>('open', 'str', 'int');
const cClose = bind<(fd: number) => number>('close', 'int');
const cPread = bind<(fd: number, into: Uint8Array, size: number, offset: number) => number>(
  'pread',
  'int',
  'void *',
  'size_t',
  'long',
);
const cReadlink: LibcPathCall = bind('readlink', 'str', 'void *', 'size_t');
const cGetxattr = bind<(path: string, key: string, into: Uint8Array, size: number) => number>(
  'lgetxattr',
  'str',
  'str',
  'void *',
  'size_t',
);
const cGetdents = bind<(fd: number, into: Uint8Array, size: number) => number>(
  'getdents64',
  'int',
  'void *',
  'size_t',
);
const cGetppid = bind<() => number>('getppid');

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const O_CLOEXEC = 0o2000000;
const READ_BYTES = 4096;
const NS_PER_MS = 1e6;
const buffer = Buffer.alloc(1 << 16);
/** A larger listing is cut in every arm alike. */
const listing = Buffer.alloc(1 << 20);
/** struct linux_dirent64 with the longest name. */
const MOST_ENTRY_BYTES = 280;

export interface CallTarget {
  readonly path: string;
  /** Name of the attribute to read; empty for other operations. */
  readonly key: string;
}

/** Returns the milliseconds that count; undefined: the whole call. */
type MicroCall = () => { readonly overriddenDuration: number } | undefined;

const openAt = (path: string, flags: number): number => check(cOpen(path, flags | O_CLOEXEC), 'open');

/** Every call takes the next target. */
const inTurn = (targets: readonly CallTarget[]): (() => CallTarget) => {
  let next = 0;
  return () => {
    next = next + 1 < targets.length ? next + 1 : 0;
    return targets[next]!;
  };
};

type MakeCall = (target: () => CallTarget) => MicroCall;

/** Times the work alone, by two readings of the clock; not the open before it. */
const inside =
  (flags: number, work: (fd: number) => number, name: string): MakeCall =>
  (target) =>
  () => {
    const fd = openAt(target().path, flags);
    const from = process.hrtime.bigint();
    const result = work(fd);
    const tookNs = Number(process.hrtime.bigint() - from);
    cClose(fd);
    check(result, name);
    return { overriddenDuration: tookNs / NS_PER_MS };
  };

const whole =
  (name: string, work: (of: CallTarget) => number): MakeCall =>
  (target) =>
  () => {
    check(work(target()), name);
    return undefined;
  };

/** The attribute does not exist. A server that says so for all attributes answers that it supports none, which the kernel remembers. */
const ABSENT: readonly string[] = ['ENODATA', 'EOPNOTSUPP'];

const absentXattr: MakeCall = (target) => () => {
  const { path, key } = target();
  if (cGetxattr(path, key, buffer, buffer.length) >= 0 || !ABSENT.includes(errnoName(lastErrno())))
    throw new Error(`lgetxattr ${path}: expected ${ABSENT.join(' or ')}`);
  return undefined;
};

const OPERATIONS: Readonly<Record<RepeatedOperation, MakeCall>> = {
  stat: whole('statx', ({ path }) => cStatx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, buffer)),
  open: whole('open', ({ path }) => cClose(openAt(path, 0))),
  read: inside(0, (fd) => cPread(fd, buffer, READ_BYTES, 0), 'pread'),
  readlink: whole('readlink', ({ path }) => cReadlink(path, buffer, buffer.length)),
  getxattr: absentXattr,
  getdents: inside(O_DIRECTORY, (fd) => cGetdents(fd, listing, listing.length), 'getdents64'),
};

const EMPTY = whole('getppid', () => cGetppid());

/** A call that does nothing, in the place of each operation that is timed inside its call. */
const EMPTY_INSIDE: Readonly<Partial<Record<RepeatedOperation, MakeCall>>> = {
  read: inside(0, () => cGetppid(), 'getppid'),
  getdents: inside(O_DIRECTORY, () => cGetppid(), 'getppid'),
};

/** Bytes of the names that each call returned, up to the end of the directory. */
const listedBytes = (path: string): readonly number[] => {
  const fd = openAt(path, O_DIRECTORY);
  const sizes: number[] = [];
  for (let size = 1; size > 0; sizes.push(size))
    size = check(cGetdents(fd, listing, listing.length), 'getdents64');
  cClose(fd);
  return sizes;
};

/**
 * Lists directories to their ends, after which they are cached: FUSE caches none that was listed in part. Returns the first whose first
 * call still returns a part of its names; null: none.
 */
export const listToEnd = (targets: readonly CallTarget[]): string | null => {
  for (const { path } of targets) listedBytes(path);
  const inPart = targets.find(({ path }) => {
    const [first = 0, second = 0] = listedBytes(path);
    return second > 0 && first <= listing.length - MOST_ENTRY_BYTES;
  });
  return inPart?.path ?? null;
};

/** Each call takes the next target. The time of a read or a listing excludes the open. */
export const timedCall = (operation: RepeatedOperation, targets: readonly CallTarget[]): MicroCall =>
  OPERATIONS[operation](inTurn(targets));

/** A call that does nothing, timed as the calls of this operation are. */
export const emptyCall = (operation: RepeatedOperation, targets: readonly CallTarget[]): MicroCall =>
  (EMPTY_INSIDE[operation] ?? EMPTY)(inTurn(targets));
