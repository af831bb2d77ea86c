// The calls of a start inside a mount, as a list: lookups, listings, opens, and the pages or files that are read.
//
// Does:    statx; openat, getdents64, close; openat, mmap, madvise(MADV_POPULATE_READ), munmap, close; openat, read, close. Before Linux 5.14
//          mmap with MAP_POPULATE and mincore in the place of madvise. A page that cannot be read, and a file that ends early, fail the list.
//          A directory is listed to its end: FUSE before Linux 6.16 returns 4 KiB of names per call, other file systems all that fit.
// Error:   a kernel with larger pages reads the whole of each that has a recorded page.
// Source:  mmap(2), madvise(2), mincore(2), getdents64(2), statx(2).
import { join } from 'node:path';
import type { Start } from '../model/lives.ts';
import type { StartStep } from '../model/recorded-start.ts';
import { CallListBuilder } from './call-list.ts';
import { EFAULT, EIO, ENOENT, fail, NR } from './libc.ts';
import { ALWAYS, EXPECT, type ListedCall, type Result, STORE, TO_END } from './listed-call.ts';
import {
  canPopulate,
  MADV_POPULATE_READ,
  MAP_POPULATE,
  MAP_PRIVATE,
  mappableRange,
  PROT_READ,
  pageBytes,
} from './mapping.ts';
import { AT_FDCWD, STATX_BYTES } from './statx.ts';
import { callNumber } from './syscall-names.ts';

const O_RDONLY = 0;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const READ = callNumber('read');
const MMAP = callNumber('mmap');
const MUNMAP = callNumber('munmap');
const MADVISE = callNumber('madvise');
const MINCORE = callNumber('mincore');
/** Pages of a word of mincore, a byte each, whose lowest bit is set if the page is there. */
const WORD_PAGES = 4;
const RESIDENT_WORD = 0x01010101;

/** One buffer for all reads; nothing reads its contents. */
const into = Buffer.alloc(64 * 1024, 1);
const statxInto = Buffer.alloc(STATX_BYTES);
const readCount = Buffer.alloc(4);

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
  list.add({
    number: NR.getdents64,
    args: [fd, into, into.length],
    flags: TO_END,
    onFailure: onFailure('getdents64', path),
  });
  list.close(fd);
};

interface Mapped {
  readonly at: Result;
  readonly sizeBytes: number;
  readonly path: string;
}

const listPopulate = (list: CallListBuilder, { at, sizeBytes, path }: Mapped): void => {
  list.add({
    number: MADVISE,
    args: [at, sizeBytes, MADV_POPULATE_READ],
    onFailure: onFailure('madvise(MADV_POPULATE_READ)', path),
  });
};

const listMincore = (list: CallListBuilder, { at, sizeBytes, path }: Mapped): void => {
  const pages = sizeBytes / pageBytes();
  const map = Buffer.alloc(Math.ceil(pages / WORD_PAGES) * WORD_PAGES);
  list.add({
    number: MINCORE,
    args: [at, sizeBytes, map],
    onFailure: onFailure('mincore', path),
  });
  for (let page = 0; page < pages; page += WORD_PAGES) {
    const mask = RESIDENT_WORD >>> (8 * Math.max(0, page + WORD_PAGES - pages));
    list.add({
      number: EXPECT,
      args: [{ bytes: map, at: page }, mask, mask, EFAULT],
      onFailure: onFailure('mmap(MAP_POPULATE)', path),
    });
  }
};

const listPages = (list: CallListBuilder, path: string, ranges: StartStep[2], populates: boolean): void => {
  const fd = list.openText(path, O_RDONLY);
  for (const range of ranges ?? []) {
    const { offset, sizeBytes } = mappableRange(range);
    const at = list.add({
      number: MMAP,
      args: [0, sizeBytes, PROT_READ, MAP_PRIVATE | (populates ? 0 : MAP_POPULATE), fd, offset],
      onFailure: onFailure('mmap', path),
    });
    (populates ? listPopulate : listMincore)(list, { at, sizeBytes, path });
    list.add({ number: MUNMAP, args: [at, sizeBytes], flags: ALWAYS, onFailure: onFailure('munmap', path) });
  }
  list.close(fd);
};

/** Fails where the file ends before its size. */
const listContents = (list: CallListBuilder, path: string, sizeBytes: number): void => {
  const fd = list.openText(path, O_RDONLY);
  for (let done = 0; done < sizeBytes; done += into.length) {
    const wanted = Math.min(into.length, sizeBytes - done);
    const got = list.add({
      number: READ,
      args: [fd, into, into.length],
      onFailure: onFailure('read', path),
    });
    list.add({ number: STORE, args: [got, readCount], onFailure: onFailure('store', path) });
    list.add({
      number: EXPECT,
      args: [readCount, 0xffffffff, wanted, EIO],
      onFailure: onFailure('read', path),
    });
  }
  list.close(fd);
};

const listStep = (
  list: CallListBuilder,
  root: string,
  [what, path, ranges]: StartStep,
  populates: boolean,
): void => {
  const full = root + path;
  if (what === 'open') listPages(list, full, ranges, populates);
  else if (what === 'list') listNames(list, full);
  else listStat(list, full, what === 'absent');
};

export const startCalls = (root: string, start: Start, populates = canPopulate): readonly ListedCall[] => {
  const list = new CallListBuilder();
  if ('recorded' in start) for (const step of start.recorded) listStep(list, root, step, populates);
  else for (const { path, sizeBytes } of start.files) listContents(list, join(root, path), sizeBytes);
  return list.calls;
};
