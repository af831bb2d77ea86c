// Physical page frames behind the cached contents of a file. Two names share their cache exactly if they have the same frames.
//
// Needs:   root in the initial user namespace: others read every frame number as zero.
// Reads:   mincore(2) over a mapping of the file, then MADV_POPULATE_READ and /proc/self/pagemap.
// Error:   none unless the kernel reclaims pages between the calls. Pages that were not resident are not read in.
// Cost:    about 0.3 us per page.
// Source:  Documentation/admin-guide/mm/pagemap.rst; madvise(2) (Linux 5.14).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mapShared, mincoreAt, pageBytes, populate, unmap } from './mapping.ts';

const ENTRY_BYTES = 8;
const PRESENT = 1n << 63n;
const FRAME = (1n << 55n) - 1n;

interface Frames {
  readonly pages: number;
  /** Frame numbers of the resident pages. */
  readonly frames: readonly number[];
}

const framesAt = (at: bigint, resident: Uint8Array): number[] => {
  const entries = Buffer.alloc(resident.length * ENTRY_BYTES);
  const pagemap = openSync('/proc/self/pagemap', 'r');
  try {
    readSync(pagemap, entries, 0, entries.length, (at / BigInt(pageBytes())) * BigInt(ENTRY_BYTES));
  } finally {
    closeSync(pagemap);
  }
  const frames: number[] = [];
  for (const [page, state] of resident.entries()) {
    const entry = entries.readBigUInt64LE(page * ENTRY_BYTES);
    if ((state & 1) === 1 && (entry & PRESENT) !== 0n) frames.push(Number(entry & FRAME));
  }
  return frames;
};

interface Mapping {
  readonly at: bigint;
  readonly sizeBytes: number;
  readonly pages: number;
}

/** A mapping of the whole file; null if the file is empty. */
const mapWhole = (path: string): Mapping | null => {
  const fd = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(fd).size;
    if (sizeBytes === 0) return null;
    return { at: mapShared(fd, sizeBytes, path), sizeBytes, pages: Math.ceil(sizeBytes / pageBytes()) };
  } finally {
    closeSync(fd);
  }
};

/** Frames of the pages that are resident now. */
export const pageFrames = (path: string): Frames => {
  const mapping = mapWhole(path);
  if (mapping === null) return { pages: 0, frames: [] };
  const { at, sizeBytes, pages } = mapping;
  try {
    const resident = mincoreAt(at, sizeBytes, path);
    for (const [page, state] of resident.entries())
      if ((state & 1) === 1) populate(at + BigInt(page * pageBytes()), pageBytes(), path);
    return { pages, frames: framesAt(at, resident) };
  } finally {
    unmap(at, sizeBytes);
  }
};

export interface HeldFrames extends Frames {
  /** Unmaps the file. */
  close(): void;
}

/** Frames of all pages. Reads missing pages and keeps the file mapped until `close`: mapped pages survive a drop of caches. */
export const heldFrames = (path: string): HeldFrames => {
  const mapping = mapWhole(path);
  if (mapping === null) return { pages: 0, frames: [], close() {} };
  const { at, sizeBytes, pages } = mapping;
  const close = (): void => unmap(at, sizeBytes);
  try {
    populate(at, sizeBytes, path);
    return { pages, frames: framesAt(at, Buffer.alloc(pages, 1)), close };
  } catch (error) {
    close();
    throw error;
  }
};
