// Files that killed commands left: `.cfsbench-new-…` beside the file that was to be written. They have no lock, and a process may be
// in another PID namespace, so the age decides whether one is still being written.
import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TEMPORARY_NAME } from '../../results/write-file.ts';
import { type Cleaned, failed } from './leftovers.ts';

/** Commands write several times a second. */
const LEAST_AGE_MS = 3_600_000;

/** Paths directly in `dir` with the name of such a file. */
export const leftFilesIn = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter((name) => TEMPORARY_NAME.test(name))
    .sort()
    .map((name) => join(dir, name));

/** Removes only a regular file of this user that has not changed for an hour. */
export const cleanFile = (path: string, removes: boolean): Cleaned => {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: 'gone' };
    if (!stat.isFile()) return { kind: 'strange', reason: 'not a regular file' };
    if (stat.uid !== process.geteuid?.())
      return { kind: 'strange', reason: `it belongs to user ${stat.uid}` };
    if (Date.now() - stat.mtimeMs < LEAST_AGE_MS) return { kind: 'recent' };
    if (!removes) return { kind: 'stays', isKept: false };
    unlinkSync(path);
    return { kind: 'removed', isKept: false };
  } catch (error) {
    return failed(error);
  }
};
