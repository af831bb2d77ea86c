// The run folder and the work folder of a run: where they are, and whether there is space.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RUN_FILE, runFolderName, SAMPLES_FILE } from '../../results/journal.ts';
import { shellLine } from '../../results/shell-line.ts';
import { explaining } from '../../results/system-error.ts';
import { visible } from '../../results/visible.ts';
import { TEMPORARY_PREFIX } from '../../results/write-file.ts';
import { UserError } from '../model/errors.ts';
import { fileSystemOf } from '../sys/environment.ts';
import type { FolderOptions } from './options.ts';
import { PLAN_FILE } from './pool-plan.ts';
import { PRIVATE_FILE } from './private-file.ts';
import { RUNS } from './runs-folder.ts';
import { formatBytes } from './size.ts';

export const WORK_PREFIX = '.cfsbench-work-';
const SPARE_RATIO = 1.1;
const DIGEST_DIGITS = 8;

export interface RunFolders {
  readonly id: string;
  readonly runDir: string;
  readonly workDir: string;
}

/** A run that was killed before it recorded anything does not count. */
const isEmptyFolder = (path: string): boolean =>
  readdirSync(path).every(
    (name) =>
      name.startsWith(TEMPORARY_PREFIX) ||
      name === PRIVATE_FILE ||
      (name === SAMPLES_FILE && statSync(join(path, name)).size === 0),
  );

const RESUMABLE = [RUN_FILE, PLAN_FILE];

export const refuseNonEmpty = (runDir: string): void => {
  if (explaining({ doing: 'list', path: runDir }, () => isEmptyFolder(runDir))) return;
  const isResumable = RESUMABLE.some((name) => existsSync(join(runDir, name)));
  throw new UserError(`the run folder is not empty: ${visible(runDir)}`, {
    facts: ['results are never overwritten'],
    hint: `${isResumable ? `${shellLine(['cfsbench', 'run', '--resume', runDir])}, or ` : ''}${shellLine(['--out', `${runDir}-2`])}`,
  });
};

/** Distinguishes two runs with the same seed on the same day: their run folders differ. */
const digestOf = (runDir: string): string =>
  createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, DIGEST_DIGITS);

/** A resumed run has its own run folder, and a new work folder at the path of the old one. */
export const foldersOf = (id: string, runDir: string, workParent: string | null): RunFolders => ({
  id,
  runDir,
  workDir: join(workParent ?? dirname(runDir), `${WORK_PREFIX}${id}-${digestOf(runDir)}`),
});

export const chooseFolders = (
  { outDir, workDir }: FolderOptions,
  startedAt: Date,
  { host, seed }: { readonly host: string; readonly seed: string },
): RunFolders => {
  const id = runFolderName(startedAt.toISOString(), host, seed);
  const runDir = outDir ?? resolve(RUNS, id);
  return foldersOf(id, runDir, workDir);
};

export interface NeededSpace {
  readonly bytes: number;
  readonly inodes: number;
  /** Its path, image and size; null without files. */
  readonly largestFile: () => string | null;
}

const noSpace = (what: string, facts: readonly string[]): UserError =>
  new UserError(`not enough ${what}`, {
    exit: 4,
    facts,
    hint: '--work DIR on a larger disk, or fewer --images',
  });

/** A sentence about the space that the run will use. */
export const checkSpace = ({ workDir }: RunFolders, needed: NeededSpace): string => {
  const parent = dirname(workDir);
  const { bavail, bsize, files, ffree } = statfsSync(parent);
  const freeBytes = bavail * bsize;
  if (freeBytes < needed.bytes * SPARE_RATIO) {
    const largest = needed.largestFile();
    throw noSpace('free disk space', [
      `needed: ${formatBytes(needed.bytes)} in ${parent}`,
      `free: ${formatBytes(freeBytes)}`,
      ...(largest === null ? [] : [`largest file: ${largest}`]),
    ]);
  }
  // A file system that makes inodes as they are needed has no number of them.
  if (files > 0 && ffree < needed.inodes)
    throw noSpace('free inodes', [`needed: ${needed.inodes} in ${parent}`, `free: ${ffree}`]);
  const { type } = fileSystemOf(parent);
  return `Work folder: up to ${formatBytes(needed.bytes)} in ${parent} (${type}, ${formatBytes(freeBytes)} free).`;
};
