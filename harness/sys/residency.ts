// How much of a file is in the page cache.
//
// Reads:   cachestat(2) (Linux 6.5), else mincore(2) over a mapping of the file.
// Error:   exact at the moment of the call. mincore answers for files that the caller owns or may write.
// Cost:    microseconds; a mapping costs more on large files.
import { fstatSync } from 'node:fs';
import { files, O_RDONLY } from './files.ts';
import { bind, bindAddress, bindCall, ENOSYS, fail, lastErrno, NR } from './libc.ts';

const cCachestat = bindCall<
  (nr: number, fd: number, range: Uint8Array, into: Uint8Array, flags: number) => number
>('int', 'const void *', 'void *', 'uint');
const cMmap = bindAddress<
  (at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint
>('mmap', 'void *', 'size_t', 'int', 'int', 'int', 'int64');
const cMincore = bind<(at: bigint, size: number, into: Uint8Array) => number>(
  'mincore',
  'uint64',
  'size_t',
  'void *',
);
const cMunmap = bind<(at: bigint, size: number) => number>('munmap', 'uint64', 'size_t');
const cPageSize = bind<() => number>('getpagesize');

const PROT_READ = 1;
const MAP_SHARED = 1;

export interface Residency {
  readonly residentPages: number;
  readonly pages: number;
}

const mincoreMap = (fd: number, sizeBytes: number, pages: number): Buffer => {
  const at = BigInt(cMmap(null, sizeBytes, PROT_READ, MAP_SHARED, fd, 0));
  if (at === -1n) return fail('mmap');
  const map = Buffer.alloc(pages);
  const result = cMincore(at, sizeBytes, map);
  const errno = result < 0 ? lastErrno() : 0;
  cMunmap(at, sizeBytes);
  if (result < 0) return fail('mincore', {}, errno);
  return map;
};

const byMincore = (fd: number, sizeBytes: number, pages: number): number =>
  mincoreMap(fd, sizeBytes, pages).reduce((sum, byte) => sum + (byte & 1), 0);

/** First page and number of pages of every run of cached pages. */
export const residentRanges = (path: string): readonly (readonly [page: number, count: number])[] => {
  const fd = files.open(path, O_RDONLY);
  try {
    const sizeBytes = fstatSync(fd).size;
    const map = mincoreMap(fd, sizeBytes, Math.ceil(sizeBytes / cPageSize()));
    const ranges: [number, number][] = [];
    for (const [page, byte] of map.entries()) {
      if ((byte & 1) === 0) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last[0] + last[1] === page) last[1]++;
      else ranges.push([page, 1]);
    }
    return ranges;
  } finally {
    files.close(fd);
  }
};

/** Of a file or of a block device, whose size no stat tells: the kernel takes a length of zero for all of it. */
export const cachedBytes = (path: string): number => {
  const fd = files.open(path, O_RDONLY);
  try {
    if (!fstatSync(fd).isBlockDevice()) return residency(path).residentPages * cPageSize();
    const counts = Buffer.alloc(40);
    if (cCachestat(NR.cachestat, fd, Buffer.alloc(16), counts, 0) < 0) fail('cachestat', { facts: [path] });
    return Number(counts.readBigUInt64LE(0)) * cPageSize();
  } finally {
    files.close(fd);
  }
};

export const residencyOf = (fd: number, path: string): Residency => {
  const sizeBytes = fstatSync(fd).size;
  const pages = Math.ceil(sizeBytes / cPageSize());
  if (pages === 0) return { residentPages: 0, pages };
  const range = Buffer.alloc(16);
  const counts = Buffer.alloc(40);
  if (cCachestat(NR.cachestat, fd, range, counts, 0) === 0)
    return { residentPages: Number(counts.readBigUInt64LE(0)), pages };
  const errno = lastErrno();
  // A sandbox's filter answers a call that it does not know with EPERM.
  if (errno !== ENOSYS && errno !== 1) fail('cachestat', { facts: [path] }, errno);
  return { residentPages: byMincore(fd, sizeBytes, pages), pages };
};

export const residency = (path: string): Residency => {
  const fd = files.open(path, O_RDONLY);
  try {
    return residencyOf(fd, path);
  } finally {
    files.close(fd);
  }
};
