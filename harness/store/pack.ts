// The pack: one local file with all objects of an image, as a runtime has it after a download. Ingest reads it. Objects are
// sorted by digest, so that ingest reads the pack and fills the object folders from front to back.
//
// Reads:  pread(2) of 1 MiB; an object inside the last piece read costs no call.
import { constants } from 'node:fs';
import { join } from 'node:path';
import type { ImageObject } from '../model/image.ts';
import type { Files } from '../model/machine.ts';
import { BulkWriter, filePieces } from './bulk.ts';
import { objectPath } from './objects.ts';

const PIECE_BYTES = 1 << 20;

const addObject = (out: BulkWriter, { digest, sizeBytes }: ImageObject, objectDir: string): number => {
  const offset = out.bytesSoFar;
  for (const piece of filePieces(join(objectDir, objectPath(digest)), 0, sizeBytes)) out.write(piece);
  return offset;
};

/** Writes the pack from an object folder; returns each object's offset. */
export const writePack = (path: string, objects: readonly ImageObject[], objectDir: string): number[] => {
  const out = new BulkWriter(path);
  try {
    return objects.map((object) => addObject(out, object, objectDir));
  } finally {
    out.close();
  }
};

/** The pack of several images, whose objects are added image by image: each object once. */
export class SharedPack {
  readonly path: string;
  readonly #objectDir: string;
  readonly #out: BulkWriter;
  readonly #offsets = new Map<string, number>();

  constructor(path: string, objectDir: string) {
    this.path = path;
    this.#objectDir = objectDir;
    this.#out = new BulkWriter(path);
  }

  add(objects: Iterable<ImageObject>): void {
    for (const object of objects)
      if (!this.has(object.digest))
        this.#offsets.set(object.digest, addObject(this.#out, object, this.#objectDir));
  }

  has(digest: string): boolean {
    return this.#offsets.has(digest);
  }

  /** Number of distinct objects. */
  get objectCount(): number {
    return this.#offsets.size;
  }

  offsetOf(digest: string): number {
    const offset = this.#offsets.get(digest);
    if (offset === undefined) throw new Error(`no object ${digest} in the pack`);
    return offset;
  }

  close(): void {
    this.#out.close();
  }
}

// Allocated once per process: the kernel would zero a new buffer inside the window.
const window = Buffer.alloc(PIECE_BYTES);

export class PackReader {
  readonly #files: Files;
  readonly #fd: number;
  #from = 0;
  #to = 0;

  constructor(path: string, files: Files) {
    this.#files = files;
    this.#fd = files.open(path, constants.O_RDONLY);
  }

  /** Calls `take` with one object's bytes in order. A piece is valid until the next call. */
  each(offset: number, length: number, take: (piece: Uint8Array) => void): void {
    if (length === 0) return;
    if (offset < this.#from || offset + length > this.#to) this.#fill(offset);
    for (let at = offset; at < offset + length; ) {
      if (at === this.#to) this.#fill(at);
      const end = Math.min(this.#to, offset + length);
      take(window.subarray(at - this.#from, end - this.#from));
      at = end;
    }
  }

  close(): void {
    this.#files.close(this.#fd);
  }

  #fill(offset: number): void {
    const got = this.#files.pread(this.#fd, window, offset);
    if (got === 0) throw new Error(`pack ends at ${offset}`);
    this.#from = offset;
    this.#to = offset + got;
  }
}
