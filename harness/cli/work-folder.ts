// Where results and work go, and whether there is room.
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
import type { RunOptions } from './options.ts';
import { formatBytes } from './size.ts';

export const WORK_PREFIX = '.cfsbench-work-';
const IN_MEMORY = ['tmpfs', 'ramfs'];
const SPARE_RATIO = 1.1;
const PLACE_DIGITS = 8;

export interface RunFolders {
  readonly id: string;
  readonly runDir: string;
  readonly workDir: string;
}

/** A folder that can be written to, or a sentence about the one that cannot. */
const makeFolder = (path: string, option: string): void => {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new UserError(`no folder can be made or written to: ${path}`, {
      facts: [error instanceof Error ? error.message : String(error)],
      hint: `--${option} DIR in a folder of yours`,
    });
  }
};

const isEmptyFolder = (path: string): boolean =>
  statSync(path).isDirectory() && readdirSync(path).length === 0;

/** Tells runs apart that were begun with one seed on one day: no two have the same result folder. */
const placeOf = (runDir: string): string =>
  createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, PLACE_DIGITS);

/** Of a run that goes on: its own folder, and a new work folder in place of the one that was left. */
export const foldersOf = (id: string, runDir: string, options: RunOptions): RunFolders => ({
  id,
  runDir,
  workDir: join(options.workDir ?? dirname(runDir), `${WORK_PREFIX}${id}-${placeOf(runDir)}`),
});

export const chooseFolders = (options: RunOptions, startedAt: Date): RunFolders => {
  const id = runFolderName(startedAt.toISOString(), hostname(), options.seed);
  const runDir = options.outDir ?? resolve('runs', id);
  if (existsSync(runDir) && !isEmptyFolder(runDir))
    throw new UserError(`the result folder is not empty: ${runDir}`, {
      facts: ['results are never overwritten'],
      hint: `--out ${runDir}-2`,
    });
  return foldersOf(id, runDir, options);
};

/** Makes the parents of both folders, and refuses one in memory unless it was asked for. */
export const checkWorkFolder = (folders: RunFolders, options: RunOptions): void => {
  const parent = dirname(folders.workDir);
  makeFolder(dirname(folders.runDir), 'out');
  makeFolder(parent, 'work');
  const { type } = fileSystemOf(parent);
  if (IN_MEMORY.includes(type) && !options.allowTmpfs)
    throw new UserError(`the work folder is in memory (${type}): ${parent}`, {
      exit: 4,
      facts: ['creating and removing files there says nothing about a disk'],
      hint: '--work DIR on a real file system, or --allow-tmpfs',
    });
};

/** Mounts are listed by the paths that links lead to. The parent is there. */
export const withoutLinks = (folders: RunFolders): RunFolders => ({
  ...folders,
  workDir: join(realpathSync(dirname(folders.workDir)), basename(folders.workDir)),
});

/** Refuses a full disk; else the sentence that says what will be used, and where. */
export const checkSpace = ({ workDir }: RunFolders, neededBytes: number): string => {
  const parent = dirname(workDir);
  const { bavail, bsize } = statfsSync(parent);
  const freeBytes = bavail * bsize;
  if (freeBytes < neededBytes * SPARE_RATIO)
    throw new UserError('not enough free disk', {
      exit: 4,
      facts: [`needed: ${formatBytes(neededBytes)} in ${parent}`, `free: ${formatBytes(freeBytes)}`],
      hint: '--work DIR on a larger disk, or fewer --images',
    });
  const { type } = fileSystemOf(parent);
  return `The stores take up to ${formatBytes(neededBytes)} in ${parent} (${type}, ${formatBytes(freeBytes)} free).`;
};
