// The runs that measure on this machine now, of all users: one file for each, locked for as long as its process lives.
//
// Does:    takes flock(2) on a new file before the file gets its name, and for the moment of looking on its folder, so that of two
//          runs that start together one sees the other. A file whose lock is free is a leftover, and is removed by the first process
//          that may.
// Error:   runs in containers with a folder of their own do not see each other; a folder that cannot be written hides a run. What
//          the files say is not trusted, only that a process holds their lock.
// Leaves:  the file, without its lock; under another name if the process is killed before it has the lock: a later run removes it.
// Source:  flock(2), hier(7).

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from './folder-lock.ts';

/** For tests: another folder for these files; empty: runs do not look for each other. */
const LOCKS = 'CFSBENCH_LOCKS';
const DEFAULT_FOLDERS = ['/run/lock', '/tmp'];
/** Every user may make files in it, and remove only their own. */
const SHARED_MODE = 0o1777;
const FILE_MODE = 0o644;
const NAME = /^cfsbench-run-[0-9a-f-]{36}$/;
/** A file whose process does not have the lock yet. */
const NEW_NAME = /^cfsbench-new-[0-9a-f-]{36}$/;
/** It has its lock and its last name within moments. */
const LEFT_AFTER_MS = 60_000;
const MOST_BYTES = 65_536;
const GATE_MS = 2000;
const POLL_MS = 10;
const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** Contents of a run's file. */
export interface LiveRun {
  readonly pid: number;
  readonly startedAt: string;
  readonly runDir: string;
  /** The process of its pool, which holds a lock of its own and is not another run. */
  readonly poolPid?: number;
}

const isShared = (folder: string): boolean => {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && (stat.mode & SHARED_MODE) === SHARED_MODE;
};

/** The same for all users. Null: none. */
const locksFolder = (): string | null => {
  const given = process.env[LOCKS];
  if (given !== undefined) return given === '' ? null : given;
  return DEFAULT_FOLDERS.find(isShared) ?? null;
};

const isLiveRun = (value: unknown): value is LiveRun => {
  const { pid, startedAt, runDir } = (value ?? {}) as Partial<LiveRun>;
  return Number.isSafeInteger(pid) && typeof startedAt === 'string' && typeof runDir === 'string';
};

const UNKNOWN: LiveRun = { pid: 0, startedAt: 'an unknown time', runDir: 'an unknown folder' };

const readLive = (fd: number): LiveRun => {
  try {
    const bytes = Buffer.alloc(MOST_BYTES);
    const value: unknown = JSON.parse(bytes.toString('utf8', 0, readSync(fd, bytes, 0, MOST_BYTES, 0)));
    return isLiveRun(value) ? value : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
};

const removeIfThere = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already, or belongs to another user.
  }
};

/** Null: not the file of a live run. */
const inspect = (path: string): LiveRun | null => {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return null; // Removed meanwhile, or something else under this name.
  }
  try {
    if (!fstatSync(fd).isFile()) return null;
    if (!tryLock(fd, 'shared')) return readLive(fd);
    removeIfThere(path);
    return null;
  } finally {
    closeSync(fd);
  }
};

/** Files of processes that were killed before they had their locks. */
const removeUnfinished = (folder: string): void => {
  const isOld = (path: string): boolean => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs > LEFT_AFTER_MS;
  };
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (NEW_NAME.test(name) && isOld(path)) inspect(path);
    }
  } catch {
    // Without the folder there are none.
  }
};

/** Runs that measure now. `except`: the file of this one. */
export const liveRuns = (except: string | null = null): readonly LiveRun[] => {
  const folder = locksFolder();
  if (folder === null) return [];
  try {
    const all = readdirSync(folder)
      .filter((name) => NAME.test(name) && join(folder, name) !== except)
      .flatMap((name) => inspect(join(folder, name)) ?? []);
    const pools = new Set(all.flatMap(({ poolPid }) => poolPid ?? []));
    return all.filter(({ pid }) => !pools.has(pid));
  } catch {
    return []; // Without the folder nothing is known.
  }
};

interface RunLock {
  /** Null: the folder cannot be written. */
  readonly path: string | null;
  /** Runs that measured already. */
  readonly others: readonly LiveRun[];
  close(): void;
}

interface LockedFile {
  readonly path: string;
  readonly fd: number;
}

const makeLocked = (folder: string, own: LiveRun): LockedFile | null => {
  const id = randomUUID();
  // A run that looks takes a file of the other name for a leftover while it has no lock.
  const made = join(folder, `cfsbench-new-${id}`);
  const path = join(folder, `cfsbench-run-${id}`);
  let fd: number;
  try {
    fd = openSync(made, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  } catch {
    return null;
  }
  try {
    // Whatever the umask: runs of other users read it.
    fchmodSync(fd, FILE_MODE);
    writeSync(fd, `${JSON.stringify(own)}\n`);
    if (tryLock(fd, 'exclusive')) {
      renameSync(made, path);
      return { path, fd };
    }
  } catch {
    // As if the folder could not be written.
  }
  closeSync(fd);
  removeIfThere(made);
  return null;
};

const NO_LOCK: RunLock = { path: null, others: [], close() {} };

/** The caller closes the descriptor. Waits briefly for another run that looks at the same time. */
const openGate = async (folder: string): Promise<number | null> => {
  try {
    const fd = openSync(folder, O_RDONLY | O_DIRECTORY);
    for (const untilMs = performance.now() + GATE_MS; performance.now() < untilMs; await sleep(POLL_MS))
      if (tryLock(fd, 'exclusive')) break;
    return fd;
  } catch {
    return null;
  }
};

/** Looks for other runs and makes this one known. */
export const lockRun = async (own: LiveRun): Promise<RunLock> => {
  const folder = locksFolder();
  if (folder === null) return NO_LOCK;
  const gate = await openGate(folder);
  try {
    const others = liveRuns();
    removeUnfinished(folder);
    const made = makeLocked(folder, own);
    return {
      path: made?.path ?? null,
      others,
      close() {
        if (made === null) return;
        removeIfThere(made.path);
        closeSync(made.fd);
      },
    };
  } finally {
    if (gate !== null) closeSync(gate);
  }
};
