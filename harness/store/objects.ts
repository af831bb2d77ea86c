// A folder of objects: `ab/cdef…`, named by the fs-verity digest of their bytes.
import { closeSync, existsSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { namingFile } from '../model/errors.ts';
import { writeAll } from './bulk.ts';
import { ensureFolder } from './folders.ts';
import { VerityHasher } from './verity.ts';

const FAN_OUT = 256;
const OBJECT_MODE = 0o644;

/** Path of an object below its folder; also the payload of a tree's entry. */
export const objectPath = (digest: string): string => `${digest.slice(0, 2)}/${digest.slice(2)}`;

/** The folder of an object, chosen by its first digit. */
export const folderOf = <T>(digest: string, folders: readonly T[]): T =>
  folders[Number.parseInt(digest.slice(0, 1), 16) % folders.length]!;

/** Makes the folders `00` to `ff` of a full store. */
export const makeObjectFolders = (dir: string): void => {
  for (let i = 0; i < FAN_OUT; i++) ensureFolder(join(dir, i.toString(16).padStart(2, '0')));
};

let temporaryCount = 0;

const writeTemporary = (dir: string, pieces: Iterable<Uint8Array>): string => {
  const path = join(dir, `.new-${process.pid}-${threadId}-${temporaryCount++}`);
  const fd = openSync(path, 'wx', OBJECT_MODE);
  try {
    for (const piece of pieces) namingFile(path, () => writeAll(fd, piece));
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(fd);
  }
  return path;
};

/**
 * Writes an object and returns its digest. An existing object is not written again; contents of one piece are hashed before any
 * write. Each piece must stay valid until the second piece after it is requested.
 */
export const putObject = (dir: string, pieces: Iterable<Uint8Array>): string => {
  const hasher = new VerityHasher();
  const iterator = pieces[Symbol.iterator]();
  const take = (): Uint8Array | undefined => {
    const { done, value } = iterator.next();
    if (done === true) return undefined;
    hasher.update(value);
    return value;
  };
  const first = take();
  const second = take();
  if (second === undefined) {
    const digest = hasher.digest();
    const path = join(dir, objectPath(digest));
    if (!existsSync(path)) renameSync(writeTemporary(dir, first === undefined ? [] : [first]), path);
    return digest;
  }
  const temporary = writeTemporary(
    dir,
    (function* () {
      yield first!;
      for (let piece: Uint8Array | undefined = second; piece !== undefined; piece = take()) yield piece;
    })(),
  );
  const digest = hasher.digest();
  renameSync(temporary, join(dir, objectPath(digest)));
  return digest;
};
