// The runs that measure on this machine now, of all users: one file for each, locked for as long as its process lives.
//
// Does:    takes flock(2) on a new file, and for the moment of looking on its folder, so that of two runs that start together one
//          sees the other. A file whose lock is free is a leftover, and is removed by the first process that may.
// Error:   runs in containers with a folder of their own do not see each other; a folder that cannot be written hides a run. What
//          the files say is not trusted, only that a process holds their lock.
// Leaves:  the file, without its lock.
// Source:  flock(2), hier(7).

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
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
    try {
      unlinkSync(path);
    } catch {
      // It belongs to another user.
    }
    return null;
  } finally {
    closeSync(fd);
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

const makeLocked = (folder: string, own: LiveRun): { readonly path: string; readonly fd: number } | null => {
  const path = join(folder, `cfsbench-run-${randomUUID()}`);
  try {
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
    // Whatever the umask: runs of other users read it.
    fchmodSync(fd, FILE_MODE);
    writeSync(fd, `${JSON.stringify(own)}\n`);
    tryLock(fd, 'exclusive');
    return { path, fd };
  } catch {
    return null;
  }
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
    const made = makeLocked(folder, own);
    return {
      path: made?.path ?? null,
      others,
      close() {
        if (made === null) return;
        try {
          unlinkSync(made.path);
        } catch {
          // It is gone already.
        }
        closeSync(made.fd);
      },
    };
  } finally {
    if (gate !== null) closeSync(gate);
  }
};
