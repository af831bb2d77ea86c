// Space of an image on disk after create: files, inodes, bytes.
//
// Reads:  lstat of everything below the given folders, without the folders themselves and without other mounts.
// Error:  none in the counts. Blocks of large directories depend on the hash seed of ext4: equal trees differ by up to 1 % between two file
//         systems, and not within one. Bytes are allocated blocks: delayed allocation counts only after a sync, and the file system's
//         metadata (inode tables, journal) is not included.
// Cost:   about 5 us per name, outside every phase.
// Source: lstat(2): st_blocks counts units of 512 bytes, whatever the block size.
import { lstatSync, readdirSync } from 'node:fs';
import type { Metric } from '../../results/schema/run.ts';
import type { Probe } from '../model/scenario.ts';

const metrics: Readonly<Record<string, Metric>> = {
  createdFileCount: { title: 'names of files on disk after create', better: 'lower', noise: 'exact' },
  createdInodeCount: { title: 'inodes on disk after create', better: 'lower', noise: 'exact' },
  createdDiskBytes: { title: 'bytes on disk after create', better: 'lower', noise: 'quasi', allocated: true },
};

// A type and not an interface, so that it is assignable to a record of numbers.
export type DiskUse = {
  /** Names that are not directories. */
  createdFileCount: number;
  /** Directories included; each hard-linked inode once, and not if it has a name elsewhere, as in a link store. */
  createdInodeCount: number;
  /** Allocated blocks of these inodes. */
  createdDiskBytes: number;
};

const ST_BLOCK_BYTES = 512;
const SEPARATOR = Buffer.from('/');

interface Linked {
  readonly bytes: number;
  /** Names that are not found yet. */
  readonly missing: number;
}

/** Everything below `folders`. A missing folder counts as empty. */
export const measureDisk = (folders: readonly string[]): DiskUse => {
  const use = { createdFileCount: 0, createdInodeCount: 0, createdDiskBytes: 0 };
  const linked = new Map<string, Linked>();
  const below = (folder: Buffer, device: bigint): void => {
    for (const name of readdirSync(folder, 'buffer')) {
      const path = Buffer.concat([folder, SEPARATOR, name]);
      const stats = lstatSync(path, { bigint: true });
      if (stats.dev !== device) continue;
      const directory = stats.isDirectory();
      if (!directory) use.createdFileCount++;
      const bytes = Number(stats.blocks) * ST_BLOCK_BYTES;
      if (directory || stats.nlink === 1n) {
        use.createdInodeCount++;
        use.createdDiskBytes += bytes;
      } else {
        const key = `${stats.dev}:${stats.ino}`;
        const { missing } = linked.get(key) ?? { missing: Number(stats.nlink) };
        linked.set(key, { bytes, missing: missing - 1 });
      }
      if (directory) below(path, device);
    }
  };
  for (const folder of new Set(folders)) {
    const stats = lstatSync(folder, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined) below(Buffer.from(folder), stats.dev);
  }
  for (const { bytes, missing } of linked.values())
    if (missing === 0) {
      use.createdInodeCount++;
      use.createdDiskBytes += bytes;
    }
  return use;
};

/** Only the metrics: the stage calls `measureDisk` between create and destroy. */
export const probe: Probe = { id: 'disk', title: 'space on disk', needs: [], passes: ['count'], metrics };
