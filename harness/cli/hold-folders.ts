// The two folders of a run, made and locked before anything else is done: one process at a time works in a run folder.

import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, removeEmpty } from '../../results/files.ts';
import { shellLine } from '../../results/shell-line.ts';
import { explaining } from '../../results/system-error.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { fileSystemOf } from '../sys/environment.ts';
import { isInPlace, lockFolder, type OpenFolder } from '../sys/folder-lock.ts';
import { giveBack } from '../sys/give-back.ts';
import { inspectFolder, makeMarkedFolder, markKept, removeMarkedFolder } from '../sys/marked-folder.ts';
import { removeLeftovers } from './leftovers.ts';
import { type RunFolders, refuseNonEmpty } from './work-folder.ts';

/** A killed process holds its lock until all processes of its namespace have ended. */
const GRACE_MS = 1500;
const POLL_MS = 20;
const IN_MEMORY = ['tmpfs', 'ramfs'];

export interface HeldFolders {
  readonly folders: RunFolders;
  readonly run: OpenFolder;
  readonly work: OpenFolder;
  /**
   * Closes both, and removes the run folder and its parents if they were made for this run and are empty. `removesWork`: the run did not
   * start.
   */
  close(removesWork: boolean): Promise<void>;
}

/** For a run folder, and for the folder of a pool. */
export const lockRunFolder = async (runDir: string): Promise<OpenFolder> => {
  const path = realpathSync(runDir);
  for (const untilMs = performance.now() + GRACE_MS; ; await sleep(POLL_MS)) {
    const folder = lockFolder(path);
    if (folder !== null && isInPlace(folder)) return folder;
    folder?.close();
    if (performance.now() > untilMs)
      throw new UserError(`another process of cfsbench works in ${visible(runDir)}`, {
        exit: 4,
        hint: 'wait for it to end, or interrupt it',
      });
  }
};

/** Under sudo. A failure is printed and ends nothing: the results are complete. */
export const giveResultsBack = (folder: OpenFolder): void => {
  try {
    giveBack(folder);
  } catch (error) {
    process.stderr.write(`results still belong to root: ${visible((error as Error).message)}\n`);
  }
};

interface MadeFolder {
  readonly folder: OpenFolder;
  /** Closes it, and removes folders that were made for it and are empty. */
  close(): void;
}

/** Holds a folder of results that other code fills. At its end they belong to the user who called sudo, and an empty one is removed. */
export const holdResults = async (dir: string): Promise<Pick<MadeFolder, 'close'>> => {
  const made = makeFolder(dir);
  const folder = await lockRunFolder(dir);
  return {
    close() {
      giveResultsBack(folder);
      folder.close();
      removeEmpty(made);
    },
  };
};

/** Makes the folder of a new run or pool, or takes an empty one. */
export const makeRunFolder = async (runDir: string): Promise<MadeFolder> => {
  const made = makeFolder(runDir);
  const hint = '--out DIR, a folder that you can write to';
  try {
    explaining({ doing: 'write to the folder', path: runDir, hint }, () =>
      accessSync(runDir, constants.W_OK),
    );
    const folder = await lockRunFolder(runDir);
    const close = (): void => {
      folder.close();
      removeEmpty(made);
    };
    try {
      refuseNonEmpty(runDir);
      return { folder, close };
    } catch (error) {
      folder.close();
      throw error;
    }
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
};

/** A missing folder is probably a typing error, and its parent may be on another disk. */
const refuseUnusable = (parent: string): void => {
  const hint = '--work DIR, an existing folder that you can write to';
  if (!existsSync(parent))
    throw new UserError(`no such folder: ${visible(parent)}`, {
      hint: `${shellLine(['mkdir', '-p', parent])}, or ${hint}`,
    });
  explaining({ doing: 'write to the folder', path: parent, hint }, () => {
    if (!statSync(parent).isDirectory()) throw new UserError(`not a folder: ${visible(parent)}`, { hint });
    accessSync(parent, constants.W_OK);
  });
};

const refuseMemory = (parent: string, allowTmpfs: boolean): void => {
  const { type } = fileSystemOf(parent);
  if (IN_MEMORY.includes(type) && !allowTmpfs)
    throw new UserError(`the work folder is in memory (${type}): ${visible(parent)}`, {
      exit: 4,
      facts: ['times of creating and removing files in memory do not hold for a disk'],
      hint: '--work DIR on a real file system, or --allow-tmpfs',
    });
};

const refuseKept = (path: string, kept: OpenFolder): never => {
  kept.close();
  throw new UserError(`the work folder of an earlier process of this run was kept: ${visible(path)}`, {
    facts: ['--keep-work leaves it to cfsbench clean'],
    hint: `${shellLine(['cfsbench', 'clean', dirname(path)])}, or --work DIR, another folder`,
  });
};

/** Removes the leftover of an earlier process of this run; anything else at its path is refused. */
const makeRoom = async (path: string): Promise<void> => {
  const found = inspectFolder(path);
  if (found.kind === 'left' && found.isKept) refuseKept(path, found.folder);
  if (found.kind === 'left') await removeMarkedFolder(found.folder);
  if (found.kind === 'live')
    throw new UserError(`another process of cfsbench works in ${visible(path)}`, {
      exit: 4,
      hint: 'wait for it to end, or interrupt it',
    });
  if (found.kind === 'strange')
    throw new UserError(`the path of the work folder is taken: ${visible(path)}`, {
      facts: [found.reason],
      hint: '--work DIR, another folder; or remove it yourself',
    });
};

const say = (line: string): void => void process.stderr.write(`${visible(line)}\n`);

export interface FoldersToHold {
  readonly chosen: RunFolders;
  readonly allowTmpfs: boolean;
  readonly keepWork: boolean;
  /** The locked run folder of a resumed run; null: it is to be made. */
  readonly resumed: OpenFolder | null;
}

const makeWorkFolder = async (
  { id, runDir, workDir }: RunFolders,
  { keepWork }: FoldersToHold,
): Promise<OpenFolder> => {
  await removeLeftovers(dirname(workDir), say);
  await makeRoom(workDir);
  const work = explaining(
    { doing: 'create the work folder', path: workDir, hint: '--work DIR, another folder' },
    () => makeMarkedFolder(workDir, { run: id, results: runDir }),
  );
  // Now: a killed process marks nothing.
  if (keepWork) markKept(work);
  return work;
};

/** On an error nothing is left. */
export const holdFolders = async (given: FoldersToHold): Promise<HeldFolders> => {
  const { chosen, allowTmpfs, resumed } = given;
  const run =
    resumed === null ? await makeRunFolder(chosen.runDir) : { folder: resumed, close: () => resumed.close() };
  try {
    refuseUnusable(dirname(chosen.workDir));
    // The kernel lists mounts by paths without links.
    const parent = realpathSync(dirname(chosen.workDir));
    refuseMemory(parent, allowTmpfs);
    const folders = { ...chosen, workDir: join(parent, basename(chosen.workDir)) };
    const work = await makeWorkFolder(folders, given);
    return {
      folders,
      run: run.folder,
      work,
      async close(removesWork) {
        if (removesWork) await removeMarkedFolder(work);
        else work.close();
        run.close();
      },
    };
  } catch (error) {
    run.close();
    throw error;
  }
};
