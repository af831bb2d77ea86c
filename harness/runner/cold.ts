// Makes the caches cold: drops them, checks that nothing is resident, runs the tools once so that their own files are warm, and waits
// until the kernel has freed the dropped objects.
//
// Needs:  root (/proc/sys/vm/drop_caches).
// Error:  checks the pages of every manifest and of a sample of 16 objects or files, and assumes the same of the rest.
// Source: Documentation/admin-guide/sysctl/vm.rst; cachestat(2), mincore(2).
import { statfsSync } from 'node:fs';
import { SysError, UserError } from '../model/errors.ts';
import { dropCaches } from '../sys/caches.ts';
import { files, O_RDONLY } from '../sys/files.ts';
import { waitForFreed } from '../sys/freed.ts';
import { residencyOf } from '../sys/residency.ts';

const ATTEMPTS = 3;
const TMPFS_MAGIC = 0x01021994;

interface OpenedFile {
  readonly path: string;
  readonly fd: number;
}

/** Called before the drop: opening afterwards would read the disk and warm neighbouring inodes. Empty if the file does not exist. */
const openExisting = (path: string): readonly OpenedFile[] => {
  try {
    return [{ path, fd: files.open(path, O_RDONLY) }];
  } catch (error) {
    if (error instanceof SysError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
};

const residentAmong = (opened: readonly OpenedFile[]): { resident: number; total: number } => {
  let resident = 0;
  let total = 0;
  for (const { path, fd } of opened) {
    const { residentPages, pages } = residencyOf(fd, path);
    resident += residentPages;
    total += pages;
  }
  return { resident, total };
};

/** Files of a tmpfs are in memory alone. */
const refuseInMemory = (opened: readonly OpenedFile[]): void => {
  const inMemory = opened.find(({ path }) => statfsSync(path).type === TMPFS_MAGIC);
  if (inMemory === undefined) return;
  throw new UserError('files in memory cannot be made cold', {
    code: 'skip',
    exit: 4,
    facts: [`on a tmpfs: ${inMemory.path}`],
  });
};

const dropAll = (opened: readonly OpenedFile[]): number => {
  let seen = { resident: 0, total: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    dropCaches();
    seen = residentAmong(opened);
    if (seen.resident === 0) return seen.total;
  }
  throw new UserError('dropping the caches left pages resident', {
    code: 'not-cold',
    exit: 5,
    facts: [
      `${seen.resident} of ${seen.total} pages of the manifest and of a sample of objects stay resident`,
    ],
    hint: 'end the processes that map files of the work folder',
  });
};

/**
 * Drops caches until no existing path is resident, then runs `tools` while the kernel frees the dropped objects. `tools` null: neither
 * time nor memory is measured afterwards, so it neither runs tools nor waits. Returns the note for the sample.
 */
export const makeCold = async (
  paths: readonly string[],
  tools: (() => Promise<void>) | null,
): Promise<string> => {
  const opened: OpenedFile[] = [];
  let total = 0;
  try {
    for (const path of paths) opened.push(...openExisting(path));
    refuseInMemory(opened);
    total = dropAll(opened);
  } finally {
    for (const { fd } of opened) files.close(fd);
  }
  if (tools !== null) {
    await tools();
    waitForFreed();
  }
  return `cold: 0 of ${total} pages of ${opened.length} files resident`;
};
