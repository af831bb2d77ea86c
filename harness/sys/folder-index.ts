// Paths of folders that a killed process may leave, so that `cfsbench clean` finds them wherever they are.
//
// Does:    keeps one symbolic link per folder in `cfsbench/folders` of the user's state folder; its target is the folder's path.
// Error:   without a state folder that belongs to this user nothing is recorded: `cfsbench clean DIR` finds folders by name.
// Leaves:  the link of a folder that was left; it is removed with the folder.
// Source:  XDG Base Directory Specification: XDG_STATE_HOME, by default ~/.local/state.
import { createHash } from 'node:crypto';
import { readdirSync, readlinkSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { makeEach, ownPlace, quietly } from '../native/own-place.ts';

const NAMES = ['cfsbench', 'folders'];
const HOME_NAMES = ['.local', 'state', ...NAMES];
const DIGEST_DIGITS = 16;

const state = { variable: 'XDG_STATE_HOME', inHome: HOME_NAMES, names: NAMES };

const indexFolder = (): string | null => {
  const found = ownPlace(state);
  return found === null ? null : join(found.base, ...found.names);
};

const makeIndex = (): string | null => {
  const found = ownPlace(state);
  return found === null ? null : makeEach(found);
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
