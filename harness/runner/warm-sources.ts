// Reads what a backend reads into memory, so that windows that are declared warm do not read it from disk.
//
// Why:   all manifest backends read one pack, so that only the first of a block would wait for the disk; each other way to bring
//        contents in, or to make a tree of local files, is the only reader of its archives and trees.
// Cost:  one read of the files, before the windows of a timed slot; one lstat for each name of a tree.
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import type { ReadSource } from '../model/backend.ts';

const PIECE_BYTES = 1 << 20;
const piece = Buffer.alloc(PIECE_BYTES);
const SLASH = Buffer.from('/');

const readFile = (path: Buffer): void => {
  const fd = openSync(path, 'r');
  try {
    while (readSync(fd, piece) > 0);
  } finally {
    closeSync(fd);
  }
};

/** Names are bytes. */
const entriesOf = (folder: Buffer): readonly Buffer[] =>
  readdirSync(folder, { encoding: 'buffer' }).map((name) => Buffer.concat([folder, SLASH, name]));

const readTree = (root: string, reads: (path: string) => boolean): void => {
  const seen = new Set<bigint>();
  const waiting: Buffer[] = [Buffer.from(root)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const status = lstatSync(path, { bigint: true });
    if (status.isDirectory()) for (const entry of entriesOf(path)) waiting.push(entry);
    if (!status.isFile() || seen.has(status.ino)) continue;
    if (status.nlink > 1n) seen.add(status.ino);
    if (reads(path.toString())) readFile(path);
  }
};

export const readIntoCache = (sources: readonly ReadSource[]): void => {
  for (const source of sources) {
    const { path, reads = () => true } = typeof source === 'string' ? { path: source } : source;
    if (existsSync(path)) readTree(path, reads);
  }
};
