// A whole file copied within a window, in pieces of the size with which ingest writes objects.
import type { Machine } from '../model/machine.ts';

const PIECE_BYTES = 1 << 20;
const O_WRONLY_CREAT_EXCL = 0o301;

// Allocated once per process: the kernel would zero a new buffer inside the window.
const piece = Buffer.alloc(PIECE_BYTES);

/** `to` must not exist. `each` sees every piece, which is valid until the next one. */
export const copyFile = (
  { files }: Machine,
  from: string,
  to: string,
  each: (piece: Uint8Array) => void = () => {},
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
