// The layers of an image as uncompressed archives that can be read at any offset.
//
// Reads:  each blob once; checks its digest and the digest of the uncompressed bytes.
// Leaves: nothing: the decompressed layers lie one after another in a file without a name, which ends with the process.
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statfsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openRegular } from '../../results/files.ts';
import { explaining, type SystemErrorContext } from '../../results/system-error.ts';
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { FilePlace } from '../model/image.ts';
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import { writeAll } from '../store/bulk.ts';
import { atMost, type Chunks, gunzipped, isDamage, unzstd } from './decompress.ts';
import { isSame } from './inode.ts';
import { blobBytes, blobPath, checkDigest, type Descriptor, digestAlgorithm } from './oci-blobs.ts';

/** Free space is checked in steps of this size, before they are written. */
const STEP_BYTES = 64 * 2 ** 20;
/** Left free for everybody else. */
const RESERVE_BYTES = 64 * 2 ** 20;

const OTHER_FOLDER = 'a folder on a larger disk: TMPDIR=DIR for cfsbench image, --work DIR for cfsbench run';

type BlobForm = 'tar' | 'gzip' | 'zstd';

/** From the blob's first bytes, because media types are often wrong. */
const formOf = (fd: number): BlobForm => {
  const head = Buffer.alloc(4);
  readSync(fd, head, 0, head.length, 0);
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.readUInt32LE(0);
  // A frame, or a skippable frame with data for other programs.
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5 ? 'zstd' : 'tar';
};

const unpack = (form: BlobForm, chunks: Chunks): Chunks => {
  if (form === 'tar') return chunks;
  return form === 'gzip' ? gunzipped(chunks) : unzstd(chunks);
};

/** An uncompressed archive: the blob itself, or a part of the spool. */
export interface Archive {
  readonly file: FilePlace;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A file without a name. */
class SpoolFile {
  readonly fd: number;
  readonly #folder: string;
  readonly #context: SystemErrorContext;
  #roomBytes = 0;
  at = 0;

  constructor(folder: string) {
    const path = join(folder, `.cfsbench-layers-${randomUUID()}`);
    this.#folder = folder;
    this.#context = { doing: 'write decompressed layers to', path: folder, hint: OTHER_FOLDER };
    this.fd = explaining(this.#context, () => {
      const fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return fd;
    });
  }

  askForRoom(bytes: number): void {
    const { bavail, bsize } = statfsSync(this.#folder);
    if (bavail * bsize < bytes + RESERVE_BYTES)
      throw new UserError('not enough free disk space for the decompressed layers', {
        exit: 4,
        code: 'ENOSPC',
        facts: [
          `folder: ${this.#folder}`,
          `needed: at least ${bytes + RESERVE_BYTES} bytes more`,
          `free: ${bavail * bsize}`,
        ],
        hint: OTHER_FOLDER,
      });
  }

  write(bytes: Uint8Array): void {
    for (; this.#roomBytes < bytes.length; this.#roomBytes += STEP_BYTES) this.askForRoom(STEP_BYTES);
    explaining(this.#context, () => writeAll(this.fd, bytes));
    this.#roomBytes -= bytes.length;
    this.at += bytes.length;
  }
}

interface CheckedPart extends Omit<Archive, 'file'> {
  /** Null: the blob itself. */
  readonly spool: SpoolFile | null;
}

const changed = (path: string): UserError =>
  new UserError('a blob changed after its digest was computed', {
    code: 'changed',
    facts: [`blob: ${path}`],
    hint: 'use a layout without writers, such as a copy',
  });

const tooLarge = (layer: Descriptor): UserError =>
  beyondLimit('layerBytes', `the layers unpack to more than ${LIMITS.layerBytes} bytes`, [
    `layer: ${layer.digest}`,
  ]);

/** The decompressed layers of one image. */
export class Spool {
  readonly #layout: string;
  readonly #folder: string;
  #file: SpoolFile | null = null;
  #leftBytes: number = LIMITS.layerBytes;

  constructor(layout: string, folder: string) {
    this.#layout = layout;
    this.#folder = folder;
  }

  /**
   * Gives a layer's archive to `parse`, with a descriptor of its file. `diffId`: digest of the uncompressed bytes with its algorithm in
   * front, if known. Throws if the parsed bytes are not those of the digest.
   */
  async add<T>(
    layer: Descriptor,
    diffId: string | undefined,
    parse: (archive: Archive, fd: number) => T,
  ): Promise<T> {
    const path = blobPath(this.#layout, layer);
    const { fd } = openRegular(path);
    try {
      const before = fstatSync(fd, { bigint: true });
      const { spool, ...part } = await this.#checked(layer, diffId, fd);
      if (spool !== null) return parse({ ...part, file: spool.fd }, spool.fd);
      const parsed = parse({ ...part, file: path }, fd);
      if (!isSame(before, fstatSync(fd, { bigint: true }))) throw changed(path);
      return parsed;
    } finally {
      closeSync(fd);
    }
  }

  /** The part of the blob or of the spool that has the uncompressed layer. */
  async #checked(layer: Descriptor, diffId: string | undefined, fd: number): Promise<CheckedPart> {
    const form = formOf(fd);
    if (form !== 'tar') {
      this.#file ??= new SpoolFile(this.#folder);
      this.#file.askForRoom(layer.sizeBytes);
    }
    const out = form === 'tar' ? null : this.#file;
    const offset = out?.at ?? 0;
    const [algorithm = ''] = (diffId ?? 'sha256:').split(':');
    const hash = createHash(digestAlgorithm(algorithm));
    let sizeBytes = 0;
    try {
      for await (const chunk of this.#limited(layer, unpack(form, blobBytes(fd, layer)))) {
        sizeBytes += chunk.length;
        hash.update(chunk);
        out?.write(chunk);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      throw new UserError(`cannot decompress a layer (${form})`, {
        code: 'bad-layer',
        facts: [`layer: ${layer.digest}`, show(error.message)],
      });
    }
    this.#leftBytes -= sizeBytes;
    if (diffId !== undefined)
      checkDigest(diffId, `${algorithm}:${hash.digest('hex')}`, 'an uncompressed layer');
    return { spool: out, offset, sizeBytes };
  }

  #limited(layer: Descriptor, chunks: Chunks): Chunks {
    return atMost(this.#leftBytes, chunks, () => tooLarge(layer));
  }

  /** Counts bytes of a layer's files that are in no archive of its own. */
  addBytes(layer: Descriptor, bytes: number): void {
    this.#leftBytes -= bytes;
    if (this.#leftBytes < 0) throw tooLarge(layer);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }
}
