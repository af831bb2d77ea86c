// Files that get their name only when their digest is right.
//
// Does:   writes below a temporary name in the same folder, then rename(2). A name that exists already is replaced by equal bytes.
// Leaves: `.new-…` beside them when the process is killed; nothing reads such a file. No fsync: after a crash of the machine a file may be
//         empty, and its size tells.
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namingFile } from '../model/errors.ts';
import { writeAll } from '../store/bulk.ts';

const FILE_MODE = 0o644;
const RANDOM_BYTES = 8;

export interface PendingFile {
  write(piece: Uint8Array): void;
  /** The name that the file has until then. */
  readonly temporary: string;
  commit(path: string): void;
  /** May be called after `commit` or a failure. */
  discard(): void;
}

/** Creates the file with the first piece: an answer without a body costs no file. */
export const pendingFile = (dir: string): PendingFile => {
  const temporary = join(dir, `.new-${randomBytes(RANDOM_BYTES).toString('hex')}`);
  let fd: number | null = null;
  const open = (): number => {
    fd ??= openSync(temporary, 'wx', FILE_MODE);
    return fd;
  };
  const close = (): void => {
    if (fd !== null) closeSync(fd);
    fd = null;
  };
  let isMade = false;
  return {
    temporary,
    write(piece) {
      const to = open();
      isMade = true;
      namingFile(temporary, () => writeAll(to, piece));
    },
    commit(path) {
      open();
      isMade = true;
      close();
      renameSync(temporary, path);
      isMade = false;
    },
    discard() {
      close();
      if (isMade) rmSync(temporary, { force: true });
      isMade = false;
    },
  };
};
