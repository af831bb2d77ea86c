// Nothing cached: write back, drop, look whether it is true, run the tools once so that their own files are warm again, and wait
// until what was dropped is freed.
//
// Needs:  root (/proc/sys/vm/drop_caches).
// Error:  a page of a sample of 16 objects or files and of every manifest is looked for; the rest is taken to be alike.
// Source: Documentation/admin-guide/sysctl/vm.rst; cachestat(2), mincore(2).
import { SysError, UserError } from '../model/errors.ts';
import { dropCaches } from '../sys/caches.ts';
import { files, O_RDONLY } from '../sys/files.ts';
import { waitForFreed } from '../sys/freed.ts';
import { residencyOf } from '../sys/residency.ts';

const ATTEMPTS = 3;

interface Opened {
  readonly path: string;
  readonly fd: number;
}

/** Before anything is dropped: afterwards each of them would be looked up on the disk, and what lies beside it would be warm. */
const openThere = (path: string): readonly Opened[] => {
  try {
    return [{ path, fd: files.open(path, O_RDONLY) }];
  } catch (error) {
    if (error instanceof SysError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
};

const residentAmong = (opened: readonly Opened[]): { resident: number; total: number } => {
  let resident = 0;
  let total = 0;
  for (const { path, fd } of opened) {
    const { residentPages, pages } = residencyOf(fd, path);
    resident += residentPages;
    total += pages;
  }
  return { resident, total };
};

const dropAll = (opened: readonly Opened[]): number => {
  let seen = { resident: 0, total: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    dropCaches();
    seen = residentAmong(opened);
    if (seen.resident === 0) return seen.total;
  }
  throw new UserError('the caches could not be emptied', {
    code: 'not-cold',
    exit: 5,
    facts: [
      `${seen.resident} of ${seen.total} pages of the manifest and of a sample of objects stay resident`,
    ],
    hint: 'end whatever maps files of the work folder',
  });
};

/**
 * Drops until of those of `paths` that are there none is resident; `tools` run while what was dropped is being freed. Null: nothing
 * is timed afterwards, and neither is waited for. Returns the note for the sample.
 */
export const makeCold = async (
  paths: readonly string[],
  tools: (() => Promise<void>) | null,
): Promise<string> => {
  const opened: Opened[] = [];
  let total = 0;
  try {
    for (const path of paths) opened.push(...openThere(path));
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
