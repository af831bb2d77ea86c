// A layer's blob as an uncompressed file that can be read at any offset.
//
// Reads:  the whole blob once, its digest and that of the uncompressed bytes checked.
// Leaves: the spool file, which the caller removes; none where the blob is uncompressed.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { BulkWriter } from '../store/bulk.ts';
import { blobBytes, blobPath, checkDigest, type Descriptor } from './oci-blobs.ts';

/** Against archives that unpack to more than any disk holds. */
const UNPACKED_MAX_BYTES = 64 * 2 ** 30;

type Chunks = AsyncIterable<Uint8Array>;
type Form = 'tar' | 'gzip' | 'zstd';

/** By what the blob begins with: media types are often wrong. */
const formOf = (path: string): Form => {
  const head = Buffer.alloc(4);
  const fd = openSync(path, 'r');
  readSync(fd, head, 0, head.length, 0);
  closeSync(fd);
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'tar';
};

async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  const feeding = pipeline(Readable.from(chunks), gunzip);
  // Its failure also ends the loop below, where it is reported.
  feeding.catch(() => {});
  for await (const chunk of gunzip) yield chunk as Buffer;
  await feeding;
}

async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => out.push(chunk));
  for await (const chunk of chunks) {
    decompress.push(chunk);
    yield* out;
    out = [];
  }
  decompress.push(new Uint8Array(0), true);
  yield* out;
}

const unpack = (form: Form, chunks: Chunks): Chunks => {
  if (form === 'tar') return chunks;
  return form === 'gzip' ? gunzipped(chunks) : unzstd(chunks);
};

export interface SpoolOptions {
  readonly layout: string;
  readonly layer: Descriptor;
  /** `sha256:…` of the uncompressed bytes, where it is known. */
  readonly diffId: string | undefined;
  /** Where the spool file may go. */
  readonly path: string;
}

/** Path of the uncompressed archive: the blob itself where it is one. */
export const spoolLayer = async ({ layout, layer, diffId, path }: SpoolOptions): Promise<string> => {
  const blob = blobPath(layout, layer);
  const form = formOf(blob);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const out = form === 'tar' ? null : new BulkWriter(path);
  try {
    for await (const chunk of unpack(form, blobBytes(layout, layer))) {
      sizeBytes += chunk.length;
      if (sizeBytes > UNPACKED_MAX_BYTES)
        throw new UserError('a layer unpacks to more than 64 GiB', {
          code: 'bad-layer',
          facts: [`layer: ${layer.digest}`],
        });
      hash.update(chunk);
      out?.write(chunk);
    }
  } catch (error) {
    // A full disk is not the layer's fault.
    if (
      error instanceof UserError ||
      ((error as NodeJS.ErrnoException).errno !== undefined &&
        (error as NodeJS.ErrnoException).syscall !== undefined)
    )
      throw error;
    throw new UserError(`a layer cannot be decompressed (${form})`, {
      code: 'bad-layer',
      facts: [`layer: ${layer.digest}`, show(String((error as Error).message))],
    });
  } finally {
    out?.close();
  }
  if (diffId !== undefined) checkDigest(diffId, `sha256:${hash.digest('hex')}`, 'an uncompressed layer');
  return out === null ? blob : path;
};
