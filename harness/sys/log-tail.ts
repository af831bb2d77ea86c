import { fstatSync, readSync } from 'node:fs';

const TAIL_BYTES = 2048;

/** The last non-empty lines of an open file, for error messages. */
export const logTail = (fd: number): string[] => {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  return tail
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
};
