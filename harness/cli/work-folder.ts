// The result folder and the work folder of a run: where they are, and whether there is space.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder, removeEmpty } from '../../results/files.ts';
import { runFolderName } from '../../results/journal.ts';
import { explaining } from '../../results/system-error.ts';
import { UserError } from '../model/errors.ts';
import { fileSystemOf } from '../sys/environment.ts';
import type { FolderOptions } from './options.ts';
import { formatBytes } from './size.ts';

export const WORK_PREFIX = '.cfsbench-work-';
const IN_MEMORY = ['tmpfs', 'ramfs'];
const SPARE_RATIO = 1.1;
const DIGEST_DIGITS = 8;

export interface RunFolders {
  readonly id: string;
  readonly runDir: string;
  readonly workDir: string;
}

/** Makes the parents of the result folder, and tries to make that folder itself. Returns the parents that it made. */
const makeParents = (runDir: string): readonly string[] => {
  const made = makeFolder(runDir);
  const hint = '--out DIR, a folder that you can write to';
  explaining({ doing: 'write to the folder', path: runDir, hint }, () => accessSync(runDir, constants.W_OK));
  removeEmpty(made.slice(-1));
  return made.slice(0, -1);
};

/** A missing folder is probably a typing error, and its parent may be on another disk. */
const refuseUnusable = (workParent: string): void => {
  const hint = '--work DIR, an existing folder that you can write to';
  if (!existsSync(workParent))
    throw new UserError(`no such folder: ${workParent}`, { hint: `mkdir -p ${workParent}, or ${hint}` });
  explaining({ doing: 'write to the folder', path: workParent, hint }, () => {
    if (!statSync(workParent).isDirectory()) throw new UserError(`no folder: ${workParent}`, { hint });
    accessSync(workParent, constants.W_OK);
  });
};

const isEmptyFolder = (path: string): boolean =>
  explaining({ doing: 'list', path }, () => statSync(path).isDirectory() && readdirSync(path).length === 0);

/** `resumable`: the folder holds a run, or several, that `--resume` continues. */
export const refuseNonEmpty = (runDir: string, resumable: boolean): void => {
  if (existsSync(runDir) && !isEmptyFolder(runDir))
    throw new UserError(`the result folder is not empty: ${runDir}`, {
      facts: ['results are never overwritten'],
      hint: resumable ? `cfsbench run --resume ${runDir}` : `--out ${runDir}-2`,
    });
};

/** Distinguishes two runs with the same seed on the same day: their result folders differ. */
const digestOf = (runDir: string): string =>
  createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, DIGEST_DIGITS);

/** A resumed run has its own result folder, and a new work folder at the path of the old one. */
export const foldersOf = (id: string, runDir: string, workParent: string | null): RunFolders => ({
  id,
  runDir,
  workDir: join(workParent ?? dirname(runDir), `${WORK_PREFIX}${id}-${digestOf(runDir)}`),
});

export const chooseFolders = (
  { outDir, workDir }: FolderOptions,
  startedAt: Date,
  seed: string,
): RunFolders => {
  const id = runFolderName(startedAt.toISOString(), hostname(), seed);
  const runDir = outDir ?? resolve('runs', id);
  refuseNonEmpty(runDir, false);
  return foldersOf(id, runDir, workDir);
};

const refuseMemory = (parent: string, allowTmpfs: boolean): void => {
  const { type } = fileSystemOf(parent);
  if (IN_MEMORY.includes(type) && !allowTmpfs)
    throw new UserError(`the work folder is in memory (${type}): ${parent}`, {
      exit: 4,
      facts: ['times of creating and removing files in memory do not hold for a disk'],
      hint: '--work DIR on a real file system, or --allow-tmpfs',
    });
};

/** Makes the parents of the result folder; returns those that were missing. */
export const checkFolders = (folders: RunFolders, allowTmpfs: boolean): readonly string[] => {
  const made = makeParents(folders.runDir);
  try {
    const parent = dirname(folders.workDir);
    refuseUnusable(parent);
    refuseMemory(parent, allowTmpfs);
    return made;
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
};

/** The kernel lists mounts by paths without symlinks. The parent of the work folder must exist. */
export const withoutLinks = (folders: RunFolders): RunFolders => ({
  ...folders,
  workDir: join(realpathSync(dirname(folders.workDir)), basename(folders.workDir)),
});

/** A sentence about the space that the run will use. */
export const checkSpace = ({ workDir }: RunFolders, neededBytes: number): string => {
  const parent = dirname(workDir);
  const { bavail, bsize } = statfsSync(parent);
  const freeBytes = bavail * bsize;
  if (freeBytes < neededBytes * SPARE_RATIO)
    throw new UserError('not enough free disk space', {
      exit: 4,
      facts: [`needed: ${formatBytes(neededBytes)} in ${parent}`, `free: ${formatBytes(freeBytes)}`],
      hint: '--work DIR on a larger disk, or fewer --images',
    });
  const { type } = fileSystemOf(parent);
  return `Work folder: up to ${formatBytes(neededBytes)} in ${parent} (${type}, ${formatBytes(freeBytes)} free).`;
};
