// The calls of a start inside a mount, as a list: lookups, listings, opens, and the pages or files that are read.
//
// Does:    statx; openat, getdents64, close; openat, mmap with MAP_POPULATE, munmap, close; openat, read, close.
// Error:   a directory whose listing needs more than two getdents64 is listed in part.
// Source:  mmap(2), getdents64(2), statx(2).
import { join } from 'node:path';
import type { Start } from '../model/lives.ts';
import type { StartStep } from '../model/recorded-start.ts';
import { CallListBuilder } from './call-list.ts';
import { ENOENT, fail, NR } from './libc.ts';
import type { ListedCall } from './listed-call.ts';
import { AT_FDCWD, STATX_BYTES } from './statx.ts';
import { callNumber } from './syscall-names.ts';

const O_RDONLY = 0;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const PROT_READ = 1;
const MAP_PRIVATE_POPULATE = 0x8002;
const PAGE_BYTES = 4096;
const READ = callNumber('read');
const MMAP = callNumber('mmap');
const MUNMAP = callNumber('munmap');

/** One buffer for all reads; nothing reads its contents. */
const into = Buffer.alloc(64 * 1024, 1);
const statxInto = Buffer.alloc(STATX_BYTES);

const onFailure =
  (call: string, path: string): ListedCall['onFailure'] =>
  (errno) =>
    fail(call, { facts: [path] }, errno);

const listStat = (list: CallListBuilder, path: string, isAbsent: boolean): void => {
  list.add({
    number: NR.statx,
    args: [AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, statxInto],
    ...(isAbsent ? { wanted: ENOENT } : {}),
    onFailure: onFailure('statx', path),
  });
};

const listNames = (list: CallListBuilder, path: string): void => {
  const fd = list.openText(path, O_RDONLY);
  for (let i = 0; i < 2; i++)
    list.add({
      number: NR.getdents64,
      args: [fd, into, into.length],
      onFailure: onFailure('getdents64', path),
    });
  list.close(fd);
};

const listPages = (list: CallListBuilder, path: string, ranges: StartStep[2] = []): void => {
  const fd = list.openText(path, O_RDONLY);
  for (const [page, count] of ranges) {
    const bytes = count * PAGE_BYTES;
    const at = list.add({
      number: MMAP,
      args: [0, bytes, PROT_READ, MAP_PRIVATE_POPULATE, fd, page * PAGE_BYTES],
      onFailure: onFailure('mmap', path),
    });
    list.add({ number: MUNMAP, args: [at, bytes], onFailure: onFailure('munmap', path) });
  }
  list.close(fd);
};

const listContents = (list: CallListBuilder, path: string, sizeBytes: number): void => {
  const fd = list.openText(path, O_RDONLY);
  for (let done = 0; done < sizeBytes; done += into.length)
    list.add({ number: READ, args: [fd, into, into.length], onFailure: onFailure('read', path) });
  list.close(fd);
};

const listStep = (list: CallListBuilder, root: string, [what, path, ranges]: StartStep): void => {
  const full = root + path;
  if (what === 'open') listPages(list, full, ranges);
  else if (what === 'list') listNames(list, full);
  else listStat(list, full, what === 'absent');
};

export const startCalls = (root: string, start: Start): readonly ListedCall[] => {
  const list = new CallListBuilder();
  if ('recorded' in start) for (const step of start.recorded) listStep(list, root, step);
  else for (const { path, sizeBytes } of start.files) listContents(list, join(root, path), sizeBytes);
  return list.calls;
};
