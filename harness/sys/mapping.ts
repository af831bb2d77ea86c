// File mappings.
//
// Does:    mmap, madvise, munmap.
// Error:   MAP_POPULATE reports no read errors: the page is then not resident.
// Cost:    one call for each; page faults of the process are saved by MAP_POPULATE, the work of the file system is the same.
// Source:  mmap(2), madvise(2).
import { bind, bindAddress, fail } from './libc.ts';

const cMmap = bindAddress<
  (at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint
>('mmap', 'void *', 'size_t', 'int', 'int', 'int', 'int64');
const cMunmap = bind<(at: bigint, size: number) => number>('munmap', 'uint64', 'size_t');
const cPageSize = bind<() => number>('getpagesize');

const PROT_READ = 1;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_POPULATE = 0x8000;

export const pageBytes = (): number => cPageSize();

/** Maps a file read-only and returns the address. */
export const mapShared = (fd: number, sizeBytes: number, path: string): bigint => {
  const at = BigInt(cMmap(null, sizeBytes, PROT_READ, MAP_SHARED, fd, 0));
  return at === -1n ? fail('mmap', { facts: [path] }) : at;
};

export const unmap = (at: bigint, sizeBytes: number): void => {
  cMunmap(at, sizeBytes);
};

/** Faults in a range of a file, as a program does that maps it. `offset` must be a multiple of the page size. */
export const touch = (fd: number, offset: number, sizeBytes: number): void => {
  const at = BigInt(cMmap(null, sizeBytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, offset));
  if (at === -1n) fail('mmap');
  cMunmap(at, sizeBytes);
};
