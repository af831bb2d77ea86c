// The lines of a file, each where it lies in one buffer that is filled again and again: nothing is allocated for a line.
import { closeSync, openSync, readSync } from 'node:fs';
import { ResultsError } from './errors.ts';

const NEWLINE = 0x0a;
const FIRST_BYTES = 1 << 20;
/** What is read in words may read so far behind a line. */
const MARGIN_BYTES = 8;
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

/** Valid until the next one is asked for. */
export interface Line {
  readonly bytes: Buffer;
  readonly from: number;
  /** Of its newline, which only the last line may lack. */
  readonly to: number;
  readonly whole: boolean;
}

const doubled = (bytes: Buffer, path: string): Buffer => {
  if (bytes.length > LONGEST_LINE_BYTES)
    throw new ResultsError(`${path}: a line is longer than ${LONGEST_LINE_BYTES} bytes`);
  return Buffer.concat([bytes], 2 * bytes.length - MARGIN_BYTES);
};

/** Only 0x0a ends a line. */
export function* linesOf(path: string): Generator<Line, undefined> {
  const file = openSync(path, 'r');
  try {
    let bytes: Buffer = Buffer.alloc(FIRST_BYTES + MARGIN_BYTES);
    let filled = 0;
    for (;;) {
      const room = bytes.length - MARGIN_BYTES - filled;
      const read = readSync(file, bytes, filled, room, null);
      if (read === 0) break;
      const end = filled + read;
      let from = 0;
      for (let to = bytes.indexOf(NEWLINE, filled); to >= 0 && to < end; to = bytes.indexOf(NEWLINE, from)) {
        yield { bytes, from, to, whole: true };
        from = to + 1;
      }
      bytes.copyWithin(0, from, end);
      filled = end - from;
      if (filled === bytes.length - MARGIN_BYTES) bytes = doubled(bytes, path);
    }
    if (filled > 0) yield { bytes, from: 0, to: filled, whole: false };
  } finally {
    closeSync(file);
  }
}
