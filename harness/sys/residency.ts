// How much of a file is in the page cache.
//
// Reads:   cachestat(2) (Linux 6.5), else mincore(2) over a mapping of the file.
// Error:   exact at the moment of the call. mincore reports pages only to the owner and to processes that may write the file.
// Cost:    microseconds; mapping a large file costs more.
import { fstatSync } from 'node:fs';
import { files, O_RDONLY } from './files.ts';
import { bindCall, ENOSYS, EPERM, fail, lastErrno, NR } from './libc.ts';
import { mapShared, mincoreAt, pageBytes, unmap } from './mapping.ts';

const cCachestat = bindCall<
  (nr: number, fd: number, range: Uint8Array, into: Uint8Array, flags: number) => number
>('int', 'const void *', 'void *', 'uint');
// struct cachestat_range { u64 off, len }: a length of zero means the whole file.
const RANGE_BYTES = 16;
const COUNTS_BYTES = 40;

interface Residency {
  readonly residentPages: number;
  readonly pages: number;
}

const mincoreMap = (fd: number, sizeBytes: number, path: string): Buffer => {
  const at = mapShared(fd, sizeBytes, path);
  try {
    return mincoreAt(at, sizeBytes, path);
  } finally {
    unmap(at, sizeBytes);
  }
};

const withFile = <T>(path: string, use: (fd: number) => T): T => {
  const fd = files.open(path, O_RDONLY);
  try {
    return use(fd);
  } finally {
    files.close(fd);
  }
};

/** First page and number of pages of every run of cached pages. */
export const residentRanges = (path: string): readonly (readonly [page: number, count: number])[] =>
  withFile(path, (fd) => {
    const ranges: [number, number][] = [];
    for (const [page, byte] of mincoreMap(fd, fstatSync(fd).size, path).entries()) {
      if ((byte & 1) === 0) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last[0] + last[1] === page) last[1]++;
      else ranges.push([page, 1]);
    }
    return ranges;
  });

/** Null if the kernel or a sandbox refuses cachestat. */
const cachestatPages = (fd: number, path: string): number | null => {
  const counts = Buffer.alloc(COUNTS_BYTES);
  if (cCachestat(NR.cachestat, fd, Buffer.alloc(RANGE_BYTES), counts, 0) === 0)
    return Number(counts.readBigUInt64LE(0));
  const errno = lastErrno();
  // Seccomp filters of sandboxes answer unknown calls with EPERM.
  return errno === ENOSYS || errno === EPERM ? null : fail('cachestat', { facts: [path] }, errno);
};

export const residencyOf = (fd: number, path: string): Residency => {
  const sizeBytes = fstatSync(fd).size;
  const pages = Math.ceil(sizeBytes / pageBytes());
  if (pages === 0) return { residentPages: 0, pages };
  const cached = cachestatPages(fd, path);
  if (cached !== null) return { residentPages: cached, pages };
  const residentPages = mincoreMap(fd, sizeBytes, path).reduce((sum, byte) => sum + (byte & 1), 0);
  return { residentPages, pages };
};

export const residency = (path: string): Residency => withFile(path, (fd) => residencyOf(fd, path));

/** Cached bytes of a file or a block device. fstat reports no size for a device; cachestat needs none. */
export const cachedBytes = (path: string): number =>
  withFile(path, (fd) => {
    if (!fstatSync(fd).isBlockDevice()) return residencyOf(fd, path).residentPages * pageBytes();
    const pages = cachestatPages(fd, path) ?? fail('cachestat', { facts: [path] }, ENOSYS);
    return pages * pageBytes();
  });
