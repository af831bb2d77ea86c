// An exclusive lock on a folder, held until its last descriptor is closed, however its processes end.
//
// Does:    opens the folder without following a link, and takes flock(2) on that descriptor. A child that inherits the descriptor
//          holds the lock too. No process id is involved, so it works across PID namespaces.
// Error:   a network file system locks folders on one machine only.
// Source:  flock(2), open(2); fs/locks.c: a file system without a lock operation for folders locks them locally.
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { bind, EAGAIN, EINTR, fail, lastErrno } from './libc.ts';

const cFlock = bind<(fd: number, operation: number) => number>('flock', 'int', 'int');
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Of any file or folder; false: another process holds it. */
export const tryLock = (fd: number, kind: 'shared' | 'exclusive'): boolean => {
  const operation = (kind === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB;
  while (cFlock(fd, operation) < 0) {
    const errno = lastErrno();
    if (errno === EINTR) continue;
    return errno === EAGAIN ? false : fail('flock', {}, errno);
  }
  return true;
};

/** A folder that this process holds open. */
export interface OpenFolder {
  readonly path: string;
  readonly fd: number;
  /** A path below /proc that leads to this folder even if its name leads elsewhere now. */
  readonly at: string;
  close(): void;
}

const opened = (fd: number, path: string): OpenFolder => ({
  path,
  fd,
  at: `/proc/self/fd/${fd}`,
  close: () => closeSync(fd),
});

/** A folder and its lock that the parent process passed on. */
export const inheritedFolder = opened;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** Without a lock. A link is not followed. */
export const openFolder = (path: string): OpenFolder =>
  opened(openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path);

/** Null: another process holds the lock. */
export const lockFolder = (path: string): OpenFolder | null => {
  const folder = openFolder(path);
  const { fd } = folder;
  try {
    if (tryLock(fd, 'exclusive')) return folder;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return null;
};

/** Whether the folder's path still names this folder. */
export const isInPlace = ({ fd, path }: OpenFolder): boolean => {
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const held = fstatSync(fd, { bigint: true });
  return named?.dev === held.dev && named.ino === held.ino;
};
