// A whole file copied within a window, in pieces of the size with which ingest writes objects, and digested as it passes by.
import { createHash } from 'node:crypto';
import { UserError } from '../model/errors.ts';
import type { Machine } from '../model/machine.ts';

const PIECE_BYTES = 1 << 20;
const O_WRONLY_CREAT_EXCL = 0o301;

// Allocated once per process: the kernel would zero a new buffer inside the window.
const piece = Buffer.alloc(PIECE_BYTES);

export interface ExpectedContents {
  /** SHA-256, 64 hex digits. */
  readonly digest: string;
  /** Names them in an error: `a layer`. */
  readonly what: string;
}

/** `to` must not exist. `each` sees every piece, which is valid until the next one. */
const copyPieces = (
  { files }: Machine,
  from: string,
  to: string,
  each: (piece: Uint8Array) => void,
): void => {
  const source = files.open(from, 0);
  try {
    const target = files.open(to, O_WRONLY_CREAT_EXCL, 0o644);
    try {
      for (let at = 0, got = PIECE_BYTES; got === PIECE_BYTES; at += got) {
        got = files.pread(source, piece, at);
        each(piece.subarray(0, got));
        files.write(target, piece.subarray(0, got));
      }
    } finally {
      files.close(target);
    }
  } finally {
    files.close(source);
  }
};

/** `to` must not exist. Null: the contents are trusted. Of other contents than the expected ones nothing is left. */
export const copyFile = (
  machine: Machine,
  from: string,
  to: string,
  expected: ExpectedContents | null,
): void => {
  const hash = expected === null ? null : createHash('sha256');
  copyPieces(machine, from, to, (bytes) => hash?.update(bytes));
  if (expected === null || hash?.digest('hex') === expected.digest) return;
  machine.files.unlink(to);
  throw new UserError(`the contents of ${expected.what} do not match its digest`, {
    code: 'wrong-digest',
    exit: 5,
    facts: [`file: ${from}`],
  });
};
