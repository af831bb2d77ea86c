// File mappings.
//
// Does:    mmap, madvise(MADV_POPULATE_READ), munmap; before Linux 5.14 mmap with MAP_POPULATE, mincore, munmap.
// Error:   MAP_POPULATE reports no read errors: mincore names the pages that are not there. It reports to the owner and to processes that may
//          write the file only; to others every page is there.
// Cost:    one call for each; page faults of the process are saved, the work of the file system is the same.
// Source:  mmap(2), madvise(2), mincore(2).
import { bind, bindAddress, EFAULT, fail } from './libc.ts';

const cMmap = bindAddress<
  (at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint
>('mmap', 'void *', 'size_t', 'int', 'int', 'int', 'int64');
const cMunmap = bind<(at: bigint, size: number) => number>('munmap', 'uint64', 'size_t');
const cMadvise = bind<(at: bigint, size: number, advice: number) => number>(
  'madvise',
  'uint64',
  'size_t',
  'int',
);
const cMincore = bind<(at: bigint, size: number, into: Uint8Array) => number>(
  'mincore',
  'uint64',
  'size_t',
  'void *',
);
const cPageSize = bind<() => number>('getpagesize');

export const PROT_READ = 1;
const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const MAP_POPULATE = 0x8000;
export const MADV_POPULATE_READ = 22;

const ownPageBytes = cPageSize();
export const pageBytes = (): number => ownPageBytes;

/** Of the pages that a recorded start names. */
export const RECORDED_PAGE_BYTES = 4096;

/** Recorded pages, as a range of a file that this kernel can map: its pages may be larger. */
export const mappableRange = (
  [page, count]: readonly [page: number, count: number],
  unit = ownPageBytes,
): { readonly offset: number; readonly sizeBytes: number } => {
  const offset = Math.floor((page * RECORDED_PAGE_BYTES) / unit) * unit;
  const end = Math.ceil(((page + count) * RECORDED_PAGE_BYTES) / unit) * unit;
  return { offset, sizeBytes: end - offset };
};

/** Whether the kernel says which pages of a mapping it could not read (Linux 5.14). An empty range asks for no more than that. */
export const canPopulate: boolean = cMadvise(0n, 0, MADV_POPULATE_READ) === 0;

/** Maps a file read-only and returns the address. */
export const mapShared = (fd: number, sizeBytes: number, path: string): bigint => {
  const at = BigInt(cMmap(null, sizeBytes, PROT_READ, MAP_SHARED, fd, 0));
  return at === -1n ? fail('mmap', { facts: [path] }) : at;
};

export const unmap = (at: bigint, sizeBytes: number): void => {
  cMunmap(at, sizeBytes);
};

/** One byte per page of the mapping; the lowest bit is set if the page is resident. */
export const mincoreAt = (at: bigint, sizeBytes: number, path: string): Buffer => {
  const map = Buffer.alloc(Math.ceil(sizeBytes / pageBytes()));
  if (cMincore(at, sizeBytes, map) < 0) fail('mincore', { facts: [path] });
  return map;
};

/** Faults in a range of a mapping. Fails with EFAULT at a page that cannot be read. */
export const populate = (at: bigint, sizeBytes: number, path: string): void => {
  if (cMadvise(at, sizeBytes, MADV_POPULATE_READ) < 0) fail('madvise(MADV_POPULATE_READ)', { facts: [path] });
};

const expectPopulated = (at: bigint, sizeBytes: number, path: string): void => {
  if (mincoreAt(at, sizeBytes, path).some((state) => (state & 1) === 0))
    fail('mmap(MAP_POPULATE)', { facts: [path, 'a page could not be read'] }, EFAULT);
};

/** Faults in a range of a file, as a program does that maps it. `offset` must be a multiple of the page size. */
export const touch = (
  fd: number,
  offset: number,
  sizeBytes: number,
  path: string,
  populates = canPopulate,
): void => {
  const flags = MAP_PRIVATE | (populates ? 0 : MAP_POPULATE);
  const at = BigInt(cMmap(null, sizeBytes, PROT_READ, flags, fd, offset));
  if (at === -1n) fail('mmap', { facts: [path] });
  try {
    (populates ? populate : expectPopulated)(at, sizeBytes, path);
  } finally {
    unmap(at, sizeBytes);
  }
};
