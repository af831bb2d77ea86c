// The run's folders on the work file system, and those of one slot.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ensureFolder } from '../store/folders.ts';
import type { OpenFolder } from '../sys/folder-lock.ts';
import { removeMarkedFolder } from '../sys/marked-folder.ts';
import { isBelow, readMounts } from '../sys/mountinfo.ts';
import { mounts } from '../sys/mounts.ts';
import { spreadChildren } from '../sys/spread.ts';

const RADIX = 36;
const SLOT_DIGITS = 4;
const TAG_DIGITS = 2;
const inDigits = (value: number, digits: number): string => value.toString(RADIX).padStart(digits, '0');
/** Names of equal length: the number of calls of a command that prints paths must not differ between slots. */
export const slotName = (tag: string, seq: number): string => `slot-${tag}${inDigits(seq, SLOT_DIGITS)}`;
/** ext4 places a folder on the disk by its name: with equal names a run would use the blocks that the run before it has just freed. */
const newTag = (): string => inDigits(randomInt(RADIX ** TAG_DIGITS), TAG_DIGITS);

export interface Workspace {
  readonly dir: string;
  /** The same, held open. */
  readonly folder: OpenFolder;
  /** Part of the names of all folders with many files; differs between runs. */
  readonly tag: string;
  /** The run's full store. */
  readonly store: string;
  /** Packs and layer tars. */
  readonly sources: string;
  /** Counters, scripts and results, on the file system of the work folder: no window creates a file in it. */
  readonly scratch: string;
  /** Parent of the folders of slots. */
  readonly slots: string;
  /** Folders of slots that are removed with the work folder. */
  readonly later: string;
  slot(name: string): SlotFolders;
}

export interface SlotFolders {
  readonly dir: string;
  /** The slot's own store, for `store=empty`. */
  readonly store: string;
  /** A fresh empty folder inside `things`. */
  fresh(name: string): string;
  /** For everything that create and mount write. */
  readonly things: string;
  /** All folders that `fresh` created. */
  made(): readonly string[];
  /** Removes a store of the slot, now or with the work folder. */
  dropStore(dir: string): void;
  remove(): void;
  /** For a slot without leaks: its empty folders are removed with the work folder, unless there are too many. */
  removeLater(): void;
}

const make = (path: string): string => {
  ensureFolder(path);
  return path;
};

/** Leaked mounts have been reported by now; they must not prevent the removal of the folder. */
const unmountBelow = (dir: string): void => {
  for (const { at } of readMounts()
    .filter((mount) => isBelow(mount.at, dir))
    .reverse())
    mounts.unmount(at, true);
};

/** Removes a folder below the work folder, by the descriptor of the work folder. */
type RemoveTree = (path: string) => void;

const treeRemover =
  ({ path: workDir, at }: OpenFolder): RemoveTree =>
  (path) => {
    unmountBelow(path);
    rmSync(join(at, relative(workDir, path)), { recursive: true, force: true });
  };

/** Limit of folders that wait for the end of the run: each takes a block and an inode. */
const MOST_FOLDERS = 25_000;
const STORE_FOLDERS = 260;
const SLOTS = 'slots';
const PATH_BYTES = 128;

/**
 * The parent of slots, padded so that its path length does not depend on the work folder: commands print paths, and longer paths
 * need more calls. A longer path is padded to the next multiple.
 */
const slotsFolder = (dir: string): string => {
  const plainBytes = Buffer.byteLength(join(dir, SLOTS));
  const filler = (PATH_BYTES - (plainBytes % PATH_BYTES)) % PATH_BYTES;
  return join(dir, `${SLOTS}${'-'.repeat(filler)}`);
};

/** The path of a slot's folder, as far as counts depend on it. */
export const slotPathOf = (
  dir: string,
): { readonly slotPathBytes: number; readonly slotPathNames: number } => {
  const path = join(slotsFolder(dir), slotName(inDigits(0, TAG_DIGITS), 0));
  return {
    slotPathBytes: Buffer.byteLength(path),
    slotPathNames: path.split('/').filter((name) => name !== '').length,
  };
};

/** Moves a folder away that counts as `folderCount` folders. False when too many wait already, or it is on another file system. */
type MoveToLater = (path: string, name: string, folderCount: number) => boolean;

const openLater = (later: string): MoveToLater => {
  let laterCount = 0;
  return (path, name, folderCount) => {
    if (laterCount + folderCount > MOST_FOLDERS) return false;
    try {
      renameSync(path, join(later, name));
    } catch {
      return false;
    }
    laterCount += folderCount;
    return true;
  };
};

interface Leaving {
  readonly moveToLater: MoveToLater;
  readonly removeTree: RemoveTree;
}

const openSlotFolders = (own: string, name: string, { moveToLater, removeTree }: Leaving): SlotFolders => {
  const things = join(own, 'things');
  // Not recursive: on a disk that fails, Node.js would report ENOENT.
  mkdirSync(own);
  mkdirSync(things);
  const made: string[] = [];
  let dropped = 0;
  return {
    dir: own,
    store: join(own, 'store'),
    things,
    fresh: (fresh) => {
      const path = join(things, fresh);
      mkdirSync(path);
      made.push(path);
      return path;
    },
    made: () => made,
    dropStore: (dir) => {
      if (!moveToLater(dir, `${name}.store-${dropped++}`, STORE_FOLDERS)) removeTree(dir);
    },
    remove: () => removeTree(own),
    removeLater: () => {
      const count = 2 + made.length + (existsSync(join(own, 'store')) ? STORE_FOLDERS : 0);
      if (!moveToLater(own, name, count)) removeTree(own);
    },
  };
};

/** In a new work folder. */
export const openWorkspace = (folder: OpenFolder): Workspace => {
  const dir = folder.path;
  // Children in different block groups: a file system that avoids freshly freed inodes would otherwise make this run pay for the
  // removals of an earlier one, and each slot for those of the slot before it.
  spreadChildren(dir);
  const tag = newTag();
  const slots = make(slotsFolder(dir));
  spreadChildren(slots);
  const later = make(join(dir, 'later'));
  const leaving = { moveToLater: openLater(later), removeTree: treeRemover(folder) };
  return {
    dir,
    folder,
    tag,
    store: make(join(dir, `store-${tag}`)),
    sources: make(join(dir, 'sources')),
    scratch: make(join(dir, 'scratch')),
    slots,
    later,
    slot: (name) => openSlotFolders(join(slots, name), name, leaving),
  };
};

const SYNC_LIMIT_MS = 60_000;

/** In a child process. If the command is missing, fails or takes longer, the first sync of a slot takes longer. */
export const writeBack = async ({ dir }: Workspace): Promise<void> => {
  const child = spawn('sync', ['-f', dir], { stdio: 'ignore' });
  await Promise.race([once(child, 'close').catch(() => {}), wait(SYNC_LIMIT_MS, null, { ref: false })]);
  child.kill('SIGKILL');
  child.unref();
};

export const removeWorkspace = async ({ dir, folder }: Workspace): Promise<void> => {
  unmountBelow(dir);
  await removeMarkedFolder(folder);
};
