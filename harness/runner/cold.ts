// Nothing cached: write back, drop, look whether it is true, run the tools once so that their own files are warm again, and wait
// until what was dropped is freed.
//
// Needs:  root (/proc/sys/vm/drop_caches).
// Error:  a page of a sample of 16 objects or files and of every manifest is looked for; the rest is taken to be alike.
// Source: Documentation/admin-guide/sysctl/vm.rst; cachestat(2), mincore(2).
import { UserError } from '../model/errors.ts';
import { dropCaches } from '../sys/caches.ts';
import { waitForFreed } from '../sys/freed.ts';
import { residency } from '../sys/residency.ts';

const ATTEMPTS = 3;

const residentAmong = (paths: readonly string[]): { resident: number; total: number } => {
  let resident = 0;
  let total = 0;
  for (const path of paths) {
    const { residentPages, pages } = residency(path);
    resident += residentPages;
    total += pages;
  }
  return { resident, total };
};

/** Drops until none of `paths` is resident; `tools` run while what was dropped is being freed. Returns the note for the sample. */
export const makeCold = async (paths: readonly string[], tools: () => Promise<void>): Promise<string> => {
  let seen = { resident: 0, total: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    dropCaches();
    seen = residentAmong(paths);
    if (seen.resident > 0) continue;
    await tools();
    waitForFreed();
    return `cold: 0 of ${seen.total} pages of ${paths.length} files resident`;
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
