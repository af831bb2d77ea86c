// Which physical pages hold a file's cached contents, as whoever maps it sees them: two names share their cache exactly where
// the frames are the same.
//
// Needs:   root in the initial user namespace: others read every frame as zero.
// Reads:   mincore(2) over a mapping of the file, then MADV_POPULATE_READ and /proc/self/pagemap.
// Error:   none while nothing reclaims pages between the calls; pages that were not resident are left out, not read in.
// Cost:    about 0.3 us per page.
// Source:  Documentation/admin-guide/mm/pagemap.rst; madvise(2) (Linux 5.14).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { bind, bindAddress, fail, lastErrno } from './libc.ts';

const cMmap = bindAddress<
  (at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint
>('mmap', 'void *', 'size_t', 'int', 'int', 'int', 'int64');
type Ranged<A> = (at: bigint, size: number, argument: A) => number;
const cMincore = bind<Ranged<Uint8Array>>('mincore', 'uint64', 'size_t', 'void *');
const cMadvise = bind<Ranged<number>>('madvise', 'uint64', 'size_t', 'int');
const cMunmap = bind<(at: bigint, size: number) => number>('munmap', 'uint64', 'size_t');
const cPageSize = bind<() => number>('getpagesize');

const PROT_READ = 1;
const MAP_SHARED = 1;
const MADV_POPULATE_READ = 22;
const ENTRY_BYTES = 8;
const PRESENT = 1n << 63n;
const FRAME = (1n << 55n) - 1n;

export interface Frames {
  readonly pages: number;
  /** Frame numbers of the resident ones. */
  readonly frames: readonly number[];
}

const framesAt = (at: bigint, resident: Uint8Array, pageBytes: number): number[] => {
  const entries = Buffer.alloc(resident.length * ENTRY_BYTES);
  const pagemap = openSync('/proc/self/pagemap', 'r');
  try {
    readSync(pagemap, entries, 0, entries.length, (at / BigInt(pageBytes)) * BigInt(ENTRY_BYTES));
  } finally {
    closeSync(pagemap);
  }
  const frames: number[] = [];
  for (const [page, is] of resident.entries()) {
    const entry = entries.readBigUInt64LE(page * ENTRY_BYTES);
    if ((is & 1) === 1 && (entry & PRESENT) !== 0n) frames.push(Number(entry & FRAME));
  }
  return frames;
};

/** A mapping of the whole file; null where it is empty. */
const mapped = <T>(path: string, use: (at: bigint, size: number, pages: number) => T): T | null => {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) return null;
    const at = BigInt(cMmap(null, size, PROT_READ, MAP_SHARED, fd, 0));
    return at === -1n ? fail('mmap', { facts: [path] }) : use(at, size, Math.ceil(size / cPageSize()));
  } finally {
    closeSync(fd);
  }
};

/** Those pages that are resident now: nothing is read that was not there. */
export const pageFrames = (path: string): Frames =>
  mapped(path, (at, size, pages) => {
    const pageBytes = cPageSize();
    const resident = Buffer.alloc(pages);
    let errno = 0;
    if (cMincore(at, size, resident) < 0) errno = lastErrno();
    for (let page = 0; errno === 0 && page < pages; page++)
      if (
        (resident[page]! & 1) === 1 &&
        cMadvise(at + BigInt(page * pageBytes), pageBytes, MADV_POPULATE_READ) < 0
      )
        errno = lastErrno();
    const frames = errno === 0 ? framesAt(at, resident, pageBytes) : [];
    cMunmap(at, size);
    return errno === 0 ? { pages, frames } : fail('mincore or madvise', { facts: [path] }, errno);
  }) ?? { pages: 0, frames: [] };

export interface HeldFrames extends Frames {
  /** Unmaps them. */
  close(): void;
}

/** Every page, read in where it was not there, and mapped until it is released: what is mapped stays when caches are dropped. */
export const heldFrames = (path: string): HeldFrames =>
  mapped(path, (at, size, pages) => {
    const close = (): void => {
      cMunmap(at, size);
    };
    if (cMadvise(at, size, MADV_POPULATE_READ) < 0) {
      const errno = lastErrno();
      close();
      return fail('madvise', { facts: [path] }, errno);
    }
    return { pages, frames: framesAt(at, Buffer.alloc(pages, 1), cPageSize()), close };
  }) ?? { pages: 0, frames: [], close() {} };
