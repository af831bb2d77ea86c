// Where this user keeps files of programs: a folder that a variable of the XDG specification names, or one in the home folder.
//
// Error:   a place of another user is not used: `sudo` may keep HOME, and files of root there would obstruct that user and be under
//          that user's control.
// Source:  XDG Base Directory Specification.
import { mkdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

const PRIVATE = 0o700;

export const quietly = <T>(work: () => T, otherwise: T): T => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};

const isOwn = (path: string): boolean =>
  isAbsolute(path) && quietly(() => statSync(path).uid === process.geteuid?.(), false);

interface PlaceNames {
  /** Environment variable with the base folder. */
  readonly variable: string;
  /** Folders below the base, and those below the home folder if there is no base. */
  readonly names: readonly string[];
  readonly inHome: readonly string[];
}

/** Folders below a base that exists; they may be missing. */
export interface OwnPlace {
  readonly base: string;
  readonly names: readonly string[];
}

export const ownPlace = ({ variable, names, inHome }: PlaceNames): OwnPlace | null => {
  const base = process.env[variable] ?? '';
  if (isOwn(base)) return { base, names };
  const home = [process.env['HOME'] ?? '', quietly(() => userInfo().homedir, '')].find(isOwn);
  return home === undefined ? null : { base: home, names: inHome };
};

/** One folder at a time: with `recursive`, Node.js never ends where a file system makes no folders, such as /proc. */
export const makeEach = ({ base, names }: OwnPlace): string =>
  names.reduce((parent, name) => {
    const path = join(parent, name);
    quietly(() => mkdirSync(path, PRIVATE), undefined);
    return path;
  }, base);

/** `cfsbench` in the user's cache folder: files that can be made again. */
export const CACHE = { variable: 'XDG_CACHE_HOME', names: ['cfsbench'], inHome: ['.cache', 'cfsbench'] };

/** The path of that folder, which may be missing. Null without a home that belongs to this user. */
export const cachePath = (): string | null => {
  const place = ownPlace(CACHE);
  return place === null ? null : join(place.base, ...place.names);
};

const WRITABLE_BY_OTHERS = 0o022;

/** Whether only this user could have written the file or folder. */
export const isOnlyOurs = (path: string): boolean =>
  quietly(() => {
    const { uid, mode } = statSync(path);
    return uid === process.geteuid?.() && (mode & WRITABLE_BY_OTHERS) === 0;
  }, false);
