// Reads files into the page cache, so that windows that are declared warm do not read them from disk.
//
// Why:   all manifest backends read one pack, so that only the first of a block would wait for the disk; each other way to bring
//        contents in is the only reader of its archives.
// Cost:  one read of the files, before the windows of a timed slot.
import { existsSync, statSync } from 'node:fs';
import { filePieces } from '../store/bulk.ts';

export const readIntoCache = (paths: readonly string[]): void => {
  for (const path of paths) {
    if (!existsSync(path)) continue;
    for (const _ of filePieces(path, 0, statSync(path).size));
  }
};
