// A folder of objects: `ab/cdef…`, named by the fs-verity digest of their bytes.
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeAll } from './bulk.ts';
import { VerityHasher } from './verity.ts';

const FAN_OUT = 256;
const OBJECT_MODE = 0o644;

/** Path of an object below its folder; also the payload of a tree's entry. */
export const objectPath = (digest: string): string => `${digest.slice(0, 2)}/${digest.slice(2)}`;

/** Which of several folders an object belongs to: by its first digit, so that it is looked for in one place only. */
export const folderOf = <T>(digest: string, places: readonly T[]): T =>
  places[Number.parseInt(digest.slice(0, 1), 16) % places.length]!;

/**
 * Makes the folders `00` to `ff`. Every store has all of them from the start, an empty one too: making them is a cost of
 * setting up a machine, not of an image, and would otherwise fall on whichever image comes first.
 */
export const makeObjectFolders = (dir: string): void => {
  for (let i = 0; i < FAN_OUT; i++)
    mkdirSync(join(dir, i.toString(16).padStart(2, '0')), { recursive: true });
};

/** Digests of all objects, in no particular order. */
export const listObjects = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((fan) => readdirSync(join(dir, fan)).map((rest) => fan + rest));

let temporaryCount = 0;

const writeTemporary = (dir: string, pieces: Iterable<Uint8Array>): string => {
  const path = join(dir, `.new-${process.pid}-${temporaryCount++}`);
  const fd = openSync(path, 'wx', OBJECT_MODE);
  try {
    for (const piece of pieces) writeAll(fd, piece);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(fd);
  }
  return path;
};

/**
 * Writes an object and returns its digest; one that is there already stays as it is. Contents of one piece are hashed
 * before anything is written. Each piece must stay as it was until the next but one is asked for.
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
