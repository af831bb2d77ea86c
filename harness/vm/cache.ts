// The folder in which kernels and the guest are kept between calls: marked as ours, so that `cfsbench clean --cache` finds and removes it,
// and locked while a call uses it.
//
// Leaves:  kernels, the tree of the guest and the disk of the program. What a killed call left is removed by the next one.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { makeFolder } from '../../results/files.ts';
import { explaining } from '../../results/system-error.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import type { OpenFolder } from '../sys/folder-lock.ts';
import { inspectFolder, makeMarkedFolder, markKept } from '../sys/marked-folder.ts';

/** Its name, in the cache folder of the user or where the user wants it. */
export const VM_CACHE = 'cfsbench-vm';
const CALL_PREFIX = 'call-';
/** Of parts that are not complete yet. */
const NEW_SUFFIX = '.new';
const HINT = '--cache DIR, a folder that you can write to';

export interface VmCache {
  readonly path: string;
  /** A folder of this call. */
  readonly scratch: string;
  /**
   * The path of a part with this name. If it is missing or not current, `make` gets a path for it, and what it makes there takes the name
   * when it is complete.
   */
  part(
    name: string,
    make: (path: string) => Promise<void> | void,
    isCurrent?: (path: string) => boolean,
  ): Promise<string>;
  /** Whether there is such a part. */
  has(name: string): boolean;
  /** Removes parts whose names begin so, except one. */
  removeOthers(prefix: string, kept: string): void;
  /** Removes the folder of this call. */
  close(): void;
}

/** Where the folder is, if nothing else is asked for. */
export const cacheParent = (given?: string): string => {
  if (given !== undefined) return resolve(given);
  const { XDG_CACHE_HOME: cache = '' } = process.env;
  return isAbsolute(cache) ? cache : join(homedir(), '.cache');
};

const open = (path: string): OpenFolder => {
  const found = inspectFolder(path);
  if (found.kind === 'left') return found.folder;
  if (found.kind === 'live')
    throw new UserError(`another process uses the kernels and guests in ${visible(path)}`, {
      exit: 4,
      hint: 'wait for it to end, or --cache DIR',
    });
  if (found.kind === 'strange')
    throw new UserError(`the path of the folder for kernels and guests is taken: ${visible(path)}`, {
      facts: [found.reason],
      hint: HINT,
    });
  const folder = makeMarkedFolder(path, { run: 'vm', results: null });
  markKept(folder);
  return folder;
};

const GIB = 1024 ** 3;

/** Throws if the folder has less free space. A guest on a full disk stops at any time. */
export const requireRoom = (folder: string, bytes: number): void => {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  throw new UserError(`not enough free disk space for guests in ${visible(folder)}`, {
    exit: 4,
    code: 'ENOSPC',
    facts: [`free: ${((bavail * bsize) / GIB).toFixed(1)} GiB; needed: ${(bytes / GIB).toFixed(1)} GiB`],
    hint: '--cache DIR, on a file system with more free space',
  });
};

const isUnfinished = (name: string): boolean => name.startsWith(CALL_PREFIX) || name.endsWith(NEW_SUFFIX);

export const openCache = (given?: string): VmCache => {
  const parent = cacheParent(given);
  makeFolder(parent);
  const path = join(parent, VM_CACHE);
  const folder = explaining({ doing: 'use the folder', path, hint: HINT }, () => open(path));
  const remove = (name: string): void => rmSync(join(path, name), { recursive: true, force: true });
  for (const name of readdirSync(path).filter(isUnfinished)) remove(name);
  const scratch = mkdtempSync(join(path, CALL_PREFIX));
  return {
    path,
    scratch,
    async part(name, make, isCurrent = () => true) {
      const at = join(path, name);
      if (existsSync(at) && isCurrent(at)) return at;
      const made = `${at}${NEW_SUFFIX}`;
      try {
        await make(made);
        remove(name);
        renameSync(made, at);
        return at;
      } catch (error) {
        rmSync(made, { recursive: true, force: true });
        throw error;
      }
    },
    has: (name) => existsSync(join(path, name)),
    removeOthers(prefix, kept) {
      for (const name of readdirSync(path)) if (name.startsWith(prefix) && name !== kept) remove(name);
    },
    close() {
      rmSync(scratch, { recursive: true, force: true });
      folder.close();
    },
  };
};
