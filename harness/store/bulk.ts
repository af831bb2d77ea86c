// Untimed reads and writes of whole files, front to back.
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { fromBytes, show } from '../model/bytes.ts';
import { namingFile, UserError } from '../model/errors.ts';
import type { FilePart, FilePlace } from '../model/image.ts';

const PIECE_BYTES = 1 << 20;

export const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
};

/** The name of a file in errors. */
export const nameOfFile = (file: FilePlace): string =>
  typeof file === 'number' ? 'the decompressed layers' : show(fromBytes(Buffer.from(file)));

const changed = (name: string, rule: string, ...facts: string[]): UserError =>
  new UserError(rule, {
    code: 'changed',
    facts: [`file: ${name}`, ...facts],
    hint: 'use a tree without writers, such as a snapshot',
  });

/** Opens a regular file; throws at once if it has become a link, a FIFO or a device. */
const openRegular = (path: string | Buffer): number => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw changed(nameOfFile(path), 'a file is no longer a regular file');
};

/** Part of a file in new buffers of at most 1 MiB. Throws if the file is shorter; `name` is its name then. */
export function* filePieces(
  file: FilePlace,
  offset: number,
  length: number,
  name = nameOfFile(file),
): Generator<Buffer> {
  if (length === 0) return;
  const fd = typeof file === 'number' ? file : openRegular(file);
  try {
    for (let done = 0; done < length; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, length - done));
      let filled = 0;
      while (filled < piece.length) {
        const at = offset + done + filled;
        const got = namingFile(name, () => readSync(fd, piece, filled, piece.length - filled, at));
        if (got === 0)
          throw changed(
            name,
            'a file became shorter during the read',
            `expected: ${length} bytes from offset ${offset}`,
            `found: ${done + filled}`,
          );
        filled += got;
      }
      yield piece;
      done += piece.length;
    }
  } finally {
    if (typeof file !== 'number') closeSync(fd);
  }
}

const ZEROS = Buffer.alloc(PIECE_BYTES);

function* zeroPieces(length: number): Generator<Buffer> {
  for (let left = length; left > 0; left -= PIECE_BYTES) yield ZEROS.subarray(0, left);
}

/** The bytes of a part of a file, and the lengths of the holes of a sparse one, which may be larger than any disk. */
export function* partStretches({ file, offset, sizeBytes, segments }: FilePart): Generator<Buffer | number> {
  if (segments === undefined) return yield* filePieces(file, offset, sizeBytes);
  let done = 0;
  let stored = offset;
  for (const { at, bytes } of segments) {
    yield at - done;
    yield* filePieces(file, stored, bytes);
    stored += bytes;
    done = at + bytes;
  }
  yield sizeBytes - done;
}

/** The bytes of a part of a file, with the zeros of its holes. */
export function* partPieces(part: FilePart): Generator<Buffer> {
  for (const stretch of partStretches(part))
    if (typeof stretch === 'number') yield* zeroPieces(stretch);
    else yield stretch;
}

/** Collects small writes into large ones. */
export class BulkWriter {
  readonly #path: string;
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(PIECE_BYTES);
  #filled = 0;
  #written = 0;
  readonly #onFlush: (bytes: Uint8Array) => void;

  /** `onFlush` gets every byte once, in order, for example to digest the file. */
  constructor(path: string, onFlush: (bytes: Uint8Array) => void = () => {}) {
    this.#path = path;
    this.#fd = openSync(path, 'w', 0o644);
    this.#onFlush = onFlush;
  }

  get bytesSoFar(): number {
    return this.#written + this.#filled;
  }

  write(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > PIECE_BYTES) this.flush();
    if (bytes.length >= PIECE_BYTES) {
      this.#out(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  flush(): void {
    if (this.#filled > 0) this.#out(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#fd);
    }
  }

  #out(bytes: Uint8Array): void {
    namingFile(this.#path, () => writeAll(this.#fd, bytes));
    this.#onFlush(bytes);
    this.#written += bytes.length;
  }
}
