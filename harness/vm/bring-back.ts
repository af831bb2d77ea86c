// What a guest wrote to the disk of its results, which is an archive: plain files in plain folders, and nothing else.
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readTar } from '../images/tar-reader.ts';
import { UserError } from '../model/errors.ts';

/** Names of the files and folders of a run: no dots at the beginning, except in names of their own. */
const PLAIN = /^(?:\.\/)?(?:[\w-][\w.-]*|\.cfsbench[\w.-]*)(?:\/[\w-][\w.-]*)*\/?$/;
const ROOT = ['.', './'];

/** Below a new folder. Links and devices are left out, odd names are refused: a guest can be any kernel. */
export const unpackResults = (disk: string, into: string): void => {
  const fd = openSync(disk, 'r');
  const { size } = fstatSync(fd);
  const read = (offset: number, length: number): Buffer => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offset));
  };
  try {
    mkdirSync(into);
    for (const { type, path, offset, sizeBytes } of readTar({ title: disk, sizeBytes: size, read })) {
      if (ROOT.includes(path)) continue;
      if (!PLAIN.test(path))
        throw new UserError(`the guest returned a file with an unsafe name`, { exit: 5 });
      const at = join(into, path);
      if (type === 'directory') mkdirSync(at, { recursive: true });
      else if (type === 'file') {
        mkdirSync(dirname(at), { recursive: true });
        writeFileSync(at, read(offset, sizeBytes), { flag: 'wx' });
      }
    }
  } finally {
    closeSync(fd);
  }
};
