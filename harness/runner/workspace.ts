// The run's folders on the work file system, and those of one slot.
//
// Leaves: the work folder when the run is killed; `cfsbench clean` removes it.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isBelow, readMounts } from '../sys/mountinfo.ts';
import { mounts } from '../sys/mounts.ts';
import { spreadChildren } from '../sys/spread.ts';

const RADIX = 36;
const SLOT_DIGITS = 4;
const TAG_DIGITS = 2;
const inDigits = (value: number, digits: number): string => value.toString(RADIX).padStart(digits, '0');
/** Names of equal length: what a command prints of its paths must not change its calls from slot to slot. */
export const slotName = (tag: string, seq: number): string => `slot-${tag}${inDigits(seq, SLOT_DIGITS)}`;
/**
 * Of the names of one run's folders. ext4 chooses by the name where on the disk a folder begins: with the same names, a run would
 * begin each of them where the run before it has just removed one.
 */
const newTag = (): string => inDigits(randomInt(RADIX ** TAG_DIGITS), TAG_DIGITS);

export interface Workspace {
  readonly dir: string;
  /** In the names of all folders that hold many files, and of another run others. */
  readonly tag: string;
  /** The run's full store. */
  readonly store: string;
  /** Packs and layer tars. */
  readonly sources: string;
  /** Logs and counters: outside what is measured. */
  readonly scratch: string;
  /** Parent of the slots' folders. */
  readonly slots: string;
  /** Where folders of slots are that go with the work folder. */
  readonly later: string;
  slot(name: string): SlotFolders;
}

export interface SlotFolders {
  readonly dir: string;
  /** The slot's own store, for `store=empty`. */
  readonly store: string;
  /** A fresh empty folder inside `things`. */
  fresh(name: string): string;
  /** What create and mount leave things in. */
  readonly things: string;
  /** Every folder that `fresh` made. */
  made(): readonly string[];
  /** A store that a slot made for itself: removed, or out of the way until the end. */
  dropStore(dir: string): void;
  remove(): void;
  /** After a slot that left nothing behind: its empty folders, those of a store among them, go with the work folder, unless there are too many. */
  putAway(): void;
}

const make = (path: string): string => {
  mkdirSync(path, { recursive: true });
  return path;
};

/** Mounts that were left behind were reported by then: they must keep neither this folder nor the results from the reader. */
const unmountBelow = (dir: string): void => {
  for (const { at } of readMounts()
    .filter((mount) => isBelow(mount.at, dir))
    .reverse())
    mounts.unmount(at, true);
};

const removeTree = (dir: string): void => {
  unmountBelow(dir);
  rmSync(dir, { recursive: true, force: true });
};

/** Folders of slots that wait for the end, of a block and an inode each; but for small stores of a slot's own they are empty. */
const MOST_FOLDERS = 25_000;
const STORE_FOLDERS = 260;
const PID_FILE = 'pid';
const SLOTS = 'slots';
const PATH_BYTES = 128;
const LONGEST_NAME_BYTES = 255;

/**
 * The slots' folder, its path filled up to a length that does not depend on where the work folder is: commands print the paths
 * that they are given, and longer paths mean more calls. Where it is too long already, to the next multiple.
 */
export const slotsFolder = (dir: string): string => {
  const plainBytes = Buffer.byteLength(join(dir, SLOTS));
  const filler = (PATH_BYTES - (plainBytes % PATH_BYTES)) % PATH_BYTES;
  return join(dir, `${SLOTS}${'-'.repeat(Math.min(filler, LONGEST_NAME_BYTES - SLOTS.length))}`);
};

/** Length of a slot's folder, with what is above it. */
export const slotPathBytes = (dir: string): number =>
  Buffer.byteLength(join(slotsFolder(dir), slotName(inDigits(0, TAG_DIGITS), 0)));

export const openWorkspace = (dir: string, ownerPid: number): Workspace => {
  make(dir);
  writeFileSync(join(dir, PID_FILE), `${ownerPid}\n`);
  // A file system that avoids freshly freed inodes would make what is made ready pay for what an earlier run removed,
  spreadChildren(dir);
  const tag = newTag();
  const slots = make(slotsFolder(dir));
  // and each slot for what the one before it removed.
  spreadChildren(slots);
  const later = make(join(dir, 'later'));
  let putAwayCount = 0;
  /** False: there are too many already, or it lies on a file system of its own. */
  const putLater = (path: string, name: string, folderCount: number): boolean => {
    if (putAwayCount + folderCount > MOST_FOLDERS) return false;
    try {
      renameSync(path, join(later, name));
    } catch {
      return false;
    }
    putAwayCount += folderCount;
    return true;
  };
  return {
    dir,
    tag,
    store: make(join(dir, `store-${tag}`)),
    sources: make(join(dir, 'sources')),
    scratch: make(join(dir, 'scratch')),
    slots,
    later,
    slot(name) {
      const own = make(join(slots, name));
      const made: string[] = [];
      let dropped = 0;
      const things = make(join(own, 'things'));
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
          if (!putLater(dir, `${name}.store-${dropped++}`, STORE_FOLDERS))
            rmSync(dir, { recursive: true, force: true });
        },
        remove: () => removeTree(own),
        putAway: () => {
          const count = 2 + made.length + (existsSync(join(own, 'store')) ? STORE_FOLDERS : 0);
          if (!putLater(own, name, count)) removeTree(own);
        },
      };
    },
  };
};

/** By a process of its own. Where there is no such command, or it fails, the first slot that syncs has more to do. */
export const writeBack = async ({ dir }: Workspace): Promise<void> => {
  await once(spawn('sync', ['-f', dir], { stdio: 'ignore' }), 'close').catch(() => {});
};

const DEPTH = 3;

/** Folders of the work folder, so far down that the longest lists are several: objects, layers, images, slots. */
const partsOf = (dir: string, depth = DEPTH): readonly string[] => {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
      const path = join(dir, entry.name);
      if (!entry.isDirectory()) return [];
      return depth > 1 ? [...partsOf(path, depth - 1), path] : [path];
    });
  } catch {
    return []; // Whoever removes the folder above it meets the same.
  }
};

/**
 * By processes of their own: a run's results need not wait for them. Several, since a file system that discards what it frees at once
 * waits for the device with each file.
 */
export const removeWorkspace = async ({ dir }: Workspace): Promise<void> => {
  unmountBelow(dir);
  const parts = partsOf(dir);
  const laneCount = 2 * availableParallelism();
  await Promise.all(
    Array.from({ length: laneCount }, async (_, lane) => {
      const own = parts.filter((_, i) => i % laneCount === lane);
      if (own.length > 0)
        await once(spawn('rm', ['-rf', '--', ...own], { stdio: 'ignore' }), 'close').catch(() => {});
    }),
  );
  // What they could not do is done here, or said.
  removeTree(dir);
};
