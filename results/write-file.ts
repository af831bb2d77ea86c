// Replaces files as a whole: a new file with a random name beside the old one is renamed when it is complete.
//
// Error:   every failure is one sentence with the path; the new file is removed.
// Leaves:  `.cfsbench-new-…` beside the file if the process is killed while it writes; `cfsbench clean` removes it.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { wrongKind } from './files.ts';
import { isSystemError, systemError } from './system-error.ts';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
};

export type Piece = string | Uint8Array;
export type Pieces = AsyncIterable<Piece> | Iterable<Piece>;

/** A new file beside the old one. */
export interface FileOutput {
  write(piece: Piece): void | Promise<void>;
  /** Renames the new file over the old one. */
  commit(): void;
  /** Removes the new file; the old one stays. */
  discard(): void;
}

export const TEMPORARY_PREFIX = '.cfsbench-new-';
const RANDOM_BYTES = 8;
export const TEMPORARY_NAME = new RegExp(`^\\${TEMPORARY_PREFIX}[0-9a-f]{${2 * RANDOM_BYTES}}$`);

const temporaryBeside = (path: string): string =>
  join(dirname(path), `${TEMPORARY_PREFIX}${randomBytes(RANDOM_BYTES).toString('hex')}`);

const DEFAULT_MODE = 0o644;

const unfinished = new Set<string>();

const removeQuietly = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // The first error is the one to report.
  }
  unfinished.delete(path);
};

let cleansAtExit = false;

/** Removed also when the process exits in the middle. */
const remember = (temporary: string): void => {
  if (!cleansAtExit)
    process.once('exit', () => {
      for (const left of unfinished) removeQuietly(left);
    });
  cleansAtExit = true;
  unfinished.add(temporary);
};

/** Removes unfinished files of killed processes from a folder of cfsbench. */
export const removeTemporaries = (folder: string): void => {
  for (const name of readdirSync(folder))
    if (name.startsWith(TEMPORARY_PREFIX)) removeQuietly(join(folder, name));
};

const reasonToWrite = (code: string, path: string): string | undefined => {
  if (code === 'ENXIO') return 'nothing reads from it';
  if (code !== 'ENOENT') return undefined;
  return existsSync(dirname(path)) ? 'no file can be made there' : 'its folder does not exist';
};

export const cannotWrite = (error: unknown, path: string): unknown => {
  if (!isSystemError(error)) return error;
  const reason = reasonToWrite(error.code, path);
  return systemError(error, { doing: 'write', path, ...(reason === undefined ? {} : { reason }) });
};

export const writing = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw cannotWrite(error, path);
  }
};

export const bytesOf = (piece: Piece): Uint8Array => (typeof piece === 'string' ? Buffer.from(piece) : piece);

interface NewFile {
  readonly mode: number;
  /** The umask does not apply. */
  readonly isExact?: boolean;
  /** After a crash of the machine the file is the old one or the new one. */
  readonly sync?: boolean;
}

export const openReplacement = (
  path: string,
  { mode, isExact = false, sync = false }: NewFile,
): FileOutput & { write(piece: Piece): void } => {
  const existing = writing(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (existing?.isDirectory()) throw wrongKind({ doing: 'write', path }, existing, 'a file');
  const temporary = temporaryBeside(path);
  const fd = writing(path, () => openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  remember(temporary);
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
    closeSync(fd);
  };
  return {
    write: (piece) => writing(path, () => writeAll(fd, bytesOf(piece))),
    commit: () =>
      writing(path, () => {
        if (isExact) fchmodSync(fd, mode);
        if (sync) fsyncSync(fd);
        close();
        renameSync(temporary, path);
        unfinished.delete(temporary);
      }),
    discard() {
      removeQuietly(temporary);
      if (isOpen) close();
    },
  };
};

const CHUNK_CHARACTERS = 1 << 16;

/** Pieces of text can be as short as a line; larger chunks need fewer writes. */
export async function* inChunks(pieces: Pieces): AsyncGenerator<Piece> {
  let text = '';
  for await (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else yield piece;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

export const fill = async (output: FileOutput, pieces: Pieces): Promise<void> => {
  try {
    for await (const chunk of inChunks(pieces)) {
      await output.write(chunk);
      // Signals are handled between two turns of the event loop.
      await setImmediate();
    }
    output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
};

/** Replaces a file of a folder of cfsbench, never the target of a link there. All pieces are text, or all are bytes. */
export const replaceWith = (path: string, pieces: Pieces): Promise<void> =>
  fill(openReplacement(path, { mode: DEFAULT_MODE }), pieces);

/** The same at once; after a crash of the machine the file is the old one or the new one. */
export const replaceFile = (path: string, content: Piece, mode = DEFAULT_MODE): void => {
  const output = openReplacement(path, { mode, sync: true });
  try {
    output.write(content);
    output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
};

/** As on vfat, exFAT and many file systems of a network. */
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Throws if there is something of that name. Without hard links the name is taken by an empty file, which a process that is killed leaves. */
const nameNew = (temporary: string, path: string): void => {
  try {
    linkSync(temporary, path);
    return;
  } catch (error) {
    if (!isSystemError(error) || !WITHOUT_LINKS.includes(error.code)) throw error;
  }
  closeSync(openSync(path, 'wx', DEFAULT_MODE));
  try {
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
};

/** Makes a file with its whole content; false: there is something of that name, which stays. */
export const createFile = (path: string, content: Piece): boolean => {
  const temporary = temporaryBeside(path);
  const fd = writing(path, () => openSync(temporary, 'wx', DEFAULT_MODE));
  remember(temporary);
  try {
    return writing(path, () => {
      writeAll(fd, bytesOf(content));
      fsyncSync(fd);
      nameNew(temporary, path);
      return true;
    });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(fd);
    removeQuietly(temporary);
  }
};
