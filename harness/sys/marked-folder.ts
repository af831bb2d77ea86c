// Temporary folders of cfsbench: the work folder of a run, and the folder in which features are tried.
//
// Does:    makes the folder with mkdir(2) and mode 0700, locks it, and writes a mark into it: the id and the results of its run. An
//          existing file or folder of the name is never taken over. The new folder loses what it inherited from its parent: group,
//          set-group-ID and default ACL, which every file in it would get.
// Error:   only a folder with a mark, of this user and with a free lock counts as left by a process that has ended.
// Leaves:  the folder, if its processes are killed; `cfsbench clean` finds it by the index of folders.
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { forgetFolder, recordFolder } from './folder-index.ts';
import { isInPlace, lockFolder, type OpenFolder } from './folder-lock.ts';
import { removeDevicesOf } from './mapper-devices.ts';
import type { Mount } from './mountinfo.ts';
import { pauseOf } from './pause.ts';
import { removeFolder } from './remove-below.ts';
import { removeXattr } from './xattrs.ts';

const MARK_FILE = 'cfsbench.json';
/** In a folder that is kept on purpose. */
const KEPT_FILE = 'kept';
/** The reason for a folder of another program, or of a version without marks. */
export const NO_MARK = 'it has no mark of cfsbench';
const OWN_MODE = 0o700;
const MARK_MODE = 0o600;
const S_ISGID = 0o2000;
const LONGEST_MARK_BYTES = 65_536;
/** For a process that inspects the new folder before it has its mark. */
const LOCK_ATTEMPTS = 20;
const pause = pauseOf(5e6);

/** Contents of the mark. */
export interface Mark {
  /** Id of the run. */
  readonly run: string;
  /** Its run folder; null: it has none. */
  readonly results: string | null;
}

/** A folder under a name that cfsbench uses. */
export type FoundFolder =
  | { readonly kind: 'gone' }
  /** A process holds its lock. */
  | { readonly kind: 'live' }
  /** Not made by cfsbench, or not for this user. */
  | { readonly kind: 'strange'; readonly reason: string }
  /** Left by a process that has ended. This process holds the lock now; the caller closes it. */
  | { readonly kind: 'left'; readonly folder: OpenFolder; readonly isKept: boolean };

const isText = (value: unknown): value is string => typeof value === 'string';

const isMark = (value: unknown): value is Mark => {
  const { run, results } = (value ?? {}) as Partial<Mark>;
  return isText(run) && (isText(results) || results === null);
};

/** A file of this user: others may have put something else under its name. */
export const isMarked = ({ at }: OpenFolder): boolean => {
  let fd: number;
  try {
    fd = openSync(join(at, MARK_FILE), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.uid !== process.geteuid?.() || stat.size > LONGEST_MARK_BYTES) return false;
    const bytes = Buffer.alloc(stat.size);
    return isMark(JSON.parse(bytes.toString('utf8', 0, readSync(fd, bytes))));
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
};

const strange = (reason: string): FoundFolder => ({ kind: 'strange', reason });

/** A folder of a process that was killed between its first two calls is empty. */
const isLeft = (folder: OpenFolder): boolean => isMarked(folder) || readdirSync(folder.at).length === 0;

const isKept = ({ at }: OpenFolder): boolean => existsSync(join(at, KEPT_FILE));

/** Says what lies at `path`. A link is never followed. */
export const inspectFolder = (path: string): FoundFolder => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: 'gone' };
  if (!stat.isDirectory()) return strange(stat.isSymbolicLink() ? 'a symbolic link' : 'not a folder');
  if (stat.uid !== process.geteuid?.()) return strange(`it belongs to user ${stat.uid}`);
  const folder = lockFolder(path);
  if (folder === null) return { kind: 'live' };
  if (isInPlace(folder) && isLeft(folder)) return { kind: 'left', folder, isKept: isKept(folder) };
  folder.close();
  return strange(NO_MARK);
};

const isOwnAndEmpty = (folder: OpenFolder): boolean =>
  isInPlace(folder) &&
  fstatSync(folder.fd).uid === process.geteuid?.() &&
  readdirSync(folder.at).length === 0;

/** A file system that has one group for all its files, such as FAT, refuses another. */
const setOwnGroup = (fd: number, uid: number): void => {
  try {
    fchownSync(fd, uid, process.getegid?.() ?? 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
};

/** Files of an image have the modes, groups and attributes that the image states, and no others. */
const clearInherited = ({ fd }: OpenFolder): void => {
  const { mode, uid, gid } = fstatSync(fd);
  if (gid !== process.getegid?.()) setOwnGroup(fd, uid);
  if ((mode & S_ISGID) !== 0) fchmodSync(fd, OWN_MODE);
  for (const key of ['system.posix_acl_default', 'system.posix_acl_access']) removeXattr(fd, key);
};

/** The same folder. */
const cleared = (folder: OpenFolder): OpenFolder => {
  try {
    clearInherited(folder);
    return folder;
  } catch (error) {
    folder.close();
    throw error;
  }
};

/** Repeated if another process that looks for leftovers holds the new folder, or has removed it. */
const makeLocked = (path: string): OpenFolder => {
  for (let attempt = 1; attempt <= LOCK_ATTEMPTS; attempt++) {
    if (attempt === 1 || !existsSync(path)) mkdirSync(path, OWN_MODE);
    try {
      const folder = lockFolder(path);
      if (folder !== null && isOwnAndEmpty(folder)) return cleared(folder);
      folder?.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    pause();
  }
  throw new UserError(`another process uses the new folder ${path}`, {
    exit: 4,
    hint: '--work DIR, a folder in which only you write',
  });
};

/** A folder in a marked one goes with it. */
const isInMarked = (path: string): boolean => existsSync(join(dirname(path), MARK_FILE));

/** Throws the error of mkdir(2) if something already lies under the name. */
export const makeMarkedFolder = (path: string, mark: Mark): OpenFolder => {
  const isNew = !existsSync(path) && !isInMarked(path);
  if (isNew) recordFolder(path);
  try {
    const folder = makeLocked(path);
    writeFileSync(join(folder.at, MARK_FILE), `${JSON.stringify(mark)}\n`, { flag: 'wx', mode: MARK_MODE });
    return folder;
  } catch (error) {
    if (isNew && !existsSync(path)) forgetFolder(path);
    throw error;
  }
};

export const markKept = ({ at }: OpenFolder): void => writeFileSync(join(at, KEPT_FILE), '', { flag: 'wx' });

/** Removes devices over its files, the folder and its entry in the index, and closes it. `mounts`: see `removeFolder`. */
export const removeMarkedFolder = async (folder: OpenFolder, mounts?: readonly Mount[]): Promise<void> => {
  try {
    await removeDevicesOf(folder.path);
    await removeFolder(folder, { last: MARK_FILE, ...(mounts === undefined ? {} : { mounts }) });
    forgetFolder(folder.path);
  } finally {
    folder.close();
  }
};
