// Paths of folders that a killed process may leave, so that `cfsbench clean` finds them wherever they are.
//
// Does:    keeps one symbolic link per folder in `cfsbench/folders` of the user's state folder; its target is the folder's path.
// Error:   without a state folder that belongs to this user nothing is recorded: `cfsbench clean DIR` finds folders by name.
// Leaves:  the link of a folder that was left; it is removed with the folder.
// Source:  XDG Base Directory Specification: XDG_STATE_HOME, by default ~/.local/state.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readlinkSync, rmdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

const NAMES = ['cfsbench', 'folders'];
const HOME_NAMES = ['.local', 'state', ...NAMES];
const PRIVATE = 0o700;
const DIGEST_DIGITS = 16;

const quietly = <T>(work: () => T, otherwise: T): T => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};

/** `sudo` may leave HOME as it is: what root makes there would be in that user's way, and in that user's power. */
const isOwn = (path: string): boolean =>
  isAbsolute(path) && quietly(() => statSync(path).uid === process.geteuid?.(), false);

const place = (): { readonly base: string; readonly names: readonly string[] } | null => {
  const { XDG_STATE_HOME: state = '', HOME: home = '' } = process.env;
  if (isOwn(state)) return { base: state, names: NAMES };
  const base = [home, quietly(() => userInfo().homedir, '')].find(isOwn);
  return base === undefined ? null : { base, names: HOME_NAMES };
};

const indexFolder = (): string | null => {
  const found = place();
  return found === null ? null : join(found.base, ...found.names);
};

/** One folder at a time: with `recursive`, Node.js never ends where a file system makes no folders, such as /proc. */
const makeIndex = (): string | null => {
  const found = place();
  if (found === null) return null;
  return found.names.reduce((parent, name) => {
    const path = join(parent, name);
    quietly(() => mkdirSync(path, PRIVATE), undefined);
    return path;
  }, found.base);
};

const linkName = (path: string): string =>
  createHash('sha256').update(path).digest('hex').slice(0, DIGEST_DIGITS);

const link = (path: string, index: string): boolean => {
  try {
    symlinkSync(path, join(index, linkName(path)));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
};

/** Another process may remove the index because it is empty. */
const ATTEMPTS = 3;

/** Called before the folder is made. */
export const recordFolder = (path: string): void => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const index = makeIndex();
    if (index === null || link(path, index)) return;
  }
};

/** An index without entries is removed. */
export const forgetFolder = (path: string): void => {
  const index = indexFolder();
  if (index === null) return;
  quietly(() => {
    rmSync(join(index, linkName(path)), { force: true });
    rmdirSync(index);
    rmdirSync(dirname(index));
  }, undefined);
};

/** Paths as they were recorded; the folders may be gone. */
export const recordedFolders = (): readonly string[] => {
  const index = indexFolder();
  if (index === null) return [];
  return quietly(() => readdirSync(index), [])
    .flatMap((name) => quietly(() => [readlinkSync(join(index, name))], []))
    .filter(isAbsolute);
};
