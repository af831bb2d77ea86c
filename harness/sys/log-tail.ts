// The end of a program's output, for error messages.
import { fstatSync, readSync } from 'node:fs';

const TAIL_BYTES = 2048;

/** strerror(3) in the C locale, of errors that are faults of the machine and not of the program. */
const FAULTS: readonly (readonly [text: string, code: string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Input/output error', 'EIO'],
  ['Read-only file system', 'EROFS'],
  ['Too many open files', 'EMFILE'],
  ['Cannot allocate memory', 'ENOMEM'],
  ['Resource temporarily unavailable', 'EAGAIN'],
];

/** The fault of the machine that a program names, so that a full disk has one code, whichever program met it. */
export const faultIn = (lines: readonly string[]): string | undefined =>
  FAULTS.find(([text]) => lines.some((line) => line.includes(text)))?.[1];

/** The non-empty lines of a text. */
export const fullLines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** The last non-empty lines of an open file, for error messages. */
export const logTail = (fd: number): string[] => {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  return fullLines(tail.toString('utf8'));
};
