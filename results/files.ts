// Files and folders that others may have made: a file is opened without following a link and without waiting, and must be regular.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ResultsError } from './errors.ts';
import { explaining } from './system-error.ts';

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

const kindOf = (stat: Stats): string => {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isBlockDevice()) return 'a block device';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isFIFO()) return 'a fifo';
  return stat.isSocket() ? 'a socket' : 'a device';
};

const CODES: Readonly<Record<string, string>> = { 'a folder': 'EISDIR', 'a symbolic link': 'ELOOP' };

/** `cannot read x: it is a fifo, not a regular file`. */
export const wrongKind = (
  { doing, path, hint }: { readonly doing: string; readonly path: string | Buffer; readonly hint?: string },
  stat: Stats,
  wanted = 'a regular file',
): ResultsError => {
  const kind = kindOf(stat);
  return new ResultsError(`cannot ${doing} ${path}: it is ${kind}, not ${wanted}`, {
    code: CODES[kind] ?? 'not-regular',
    ...(hint === undefined ? {} : { hint }),
  });
};

export interface OpenOptions {
  /** Largest accepted size; default: none. */
  readonly mostBytes?: number;
  /** The user named this file, so it may be reached through links. */
  readonly mayBeLink?: boolean;
  /** The next thing to type when it cannot be read. */
  readonly hint?: string;
}

interface RegularFile {
  readonly fd: number;
  readonly sizeBytes: number;
}

/** Opens a file for reading. The caller closes it. */
export const openRegular = (
  path: string | Buffer,
  { mostBytes = Number.POSITIVE_INFINITY, mayBeLink = false, ...hint }: OpenOptions = {},
): RegularFile => {
  const context = { doing: 'read', path, ...hint };
  return explaining(context, () => {
    // The mere opening of a device can have an effect.
    const before = mayBeLink ? statSync(path) : lstatSync(path);
    if (!before.isFile()) throw wrongKind(context, before);
    const fd = openSync(path, O_RDONLY | O_NONBLOCK | (mayBeLink ? 0 : O_NOFOLLOW));
    const stat = fstatSync(fd);
    if (stat.isFile() && stat.size <= mostBytes) return { fd, sizeBytes: stat.size };
    closeSync(fd);
    if (!stat.isFile()) throw wrongKind(context, stat);
    throw new ResultsError(`cannot read ${path}: it is too large`, {
      facts: [`size: ${stat.size} bytes`, `limit: ${mostBytes} bytes`],
      code: 'too-large',
      ...hint,
    });
  });
};

/** A whole file. */
export const readRegular = (
  path: string | Buffer,
  options: OpenOptions & { readonly mostBytes: number },
): Buffer => {
  const { fd, sizeBytes } = openRegular(path, options);
  try {
    const bytes = Buffer.allocUnsafe(sizeBytes);
    let filled = 0;
    explaining({ doing: 'read', path }, () => {
      for (let got = -1; got !== 0 && filled < sizeBytes; filled += got)
        got = readSync(fd, bytes, filled, sizeBytes - filled, filled);
    });
    return bytes.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
};

/** Opens a file of a run folder for reading and appending; makes it if it is missing. The caller closes it. */
export const openForAppend = (path: string): RegularFile => {
  const context = { doing: 'write', path };
  return explaining(context, () => {
    const before = lstatSync(path, { throwIfNoEntry: false });
    if (before?.isFile() === false) throw wrongKind(context, before);
    const fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
    const stat = fstatSync(fd);
    if (stat.isFile()) return { fd, sizeBytes: stat.size };
    closeSync(fd);
    throw wrongKind(context, stat);
  });
};

/**
 * Makes a folder that the user named and its missing parents, each with one mkdir(2): with `recursive`, Node.js never ends where a file
 * system makes no folders, such as /proc. Returns the folders that it made, outermost first; on an error they are removed again.
 */
export const makeFolder = (path: string): readonly string[] => {
  const missing: string[] = [];
  const made: string[] = [];
  explaining({ doing: 'create the folder', path }, () => {
    let at = resolve(path);
    let stat = statSync(at, { throwIfNoEntry: false });
    while (stat === undefined) {
      missing.push(at);
      at = dirname(at);
      stat = statSync(at, { throwIfNoEntry: false });
    }
    if (!stat.isDirectory())
      throw new ResultsError(`cannot create the folder ${path}: ${at} is not a folder`, {
        code: 'ENOTDIR',
      });
    try {
      for (const folder of missing.reverse()) {
        mkdirSync(folder);
        made.push(folder);
      }
    } catch (error) {
      removeEmpty(made);
      throw error;
    }
  });
  return made;
};

/** Removes those of the folders that are empty, the last one first. */
export const removeEmpty = (folders: readonly string[]): void => {
  for (const folder of [...folders].reverse())
    try {
      rmdirSync(folder);
    } catch {
      return; // It is in use, and so are those around it.
    }
};
