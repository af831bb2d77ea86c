// The result folder and the work folder of a run: where they are, and whether there is space.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { runFolderName } from '../../results/journal.ts';
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

const ensureWritable = (path: string, option: string): void => {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new UserError(`cannot create or write to the folder ${path}`, {
      facts: [error instanceof Error ? error.message : String(error)],
      hint: `${option} DIR, a folder that you can write to`,
    });
  }
};

const isEmptyFolder = (path: string): boolean =>
  statSync(path).isDirectory() && readdirSync(path).length === 0;

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

/** Creates the parents of both folders. */
export const checkWorkFolder = (folders: RunFolders, allowTmpfs: boolean): void => {
  const parent = dirname(folders.workDir);
  ensureWritable(dirname(folders.runDir), '--out');
  ensureWritable(parent, '--work');
  const { type } = fileSystemOf(parent);
  if (IN_MEMORY.includes(type) && !allowTmpfs)
    throw new UserError(`the work folder is in memory (${type}): ${parent}`, {
      exit: 4,
      facts: ['times of creating and removing files in memory do not hold for a disk'],
      hint: '--work DIR on a real file system, or --allow-tmpfs',
    });
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
