// The lines of a regular file, one at a time. Only 0x0a ends a line.
import { closeSync, readSync } from 'node:fs';
import { ResultsError } from './errors.ts';
import { type OpenOptions, openRegular } from './files.ts';
import { explaining } from './system-error.ts';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 1 << 20;
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

interface TextLine {
  readonly text: string;
  /** False for a last line without its newline. */
  readonly isWhole: boolean;
}

export function* linesOf(path: string, options: OpenOptions = {}): Generator<TextLine, undefined> {
  const { fd } = openRegular(path, options);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    for (;;) {
      const byteCount = explaining({ doing: 'read', path }, () => readSync(fd, chunk));
      if (byteCount === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, byteCount)]);
      let from = 0;
      for (let to = bytes.indexOf(NEWLINE, rest.length); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
        yield { text: bytes.toString('utf8', from, to), isWhole: true };
        from = to + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > LONGEST_LINE_BYTES)
        throw new ResultsError(`${path}: a line is longer than ${LONGEST_LINE_BYTES} bytes`);
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), isWhole: false };
  } finally {
    closeSync(fd);
  }
}
