// A file read the way programs and libraries are: mapped, its pages faulted in.
//
// Does:    mmap with MAP_POPULATE, munmap.
// Error:   the kernel reports no failure to read; a page that cannot be had is not there.
// Cost:    one call for each range; the process's own faults are saved, the file system's work is the same.
// Source:  mmap(2).
import { bind, bindAddress, fail } from './libc.ts';

const cMmap = bindAddress<
  (at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint
>('mmap', 'void *', 'size_t', 'int', 'int', 'int', 'int64');
const cMunmap = bind<(at: bigint, size: number) => number>('munmap', 'uint64', 'size_t');

const PROT_READ = 1;
const MAP_PRIVATE = 2;
const MAP_POPULATE = 0x8000;

/** `offset` is a multiple of the page size. */
export const touch = (fd: number, offset: number, sizeBytes: number): void => {
  const at = BigInt(cMmap(null, sizeBytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, offset));
  if (at === -1n) fail('mmap');
  cMunmap(at, sizeBytes);
};
