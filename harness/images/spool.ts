// A layer's blob as an uncompressed file that can be read at any offset.
//
// Reads:  the whole blob once; checks its digest and the digest of the uncompressed bytes.
// Leaves: the spool file, which the caller removes; no file if the blob is uncompressed.
import { createHash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { ResultsError } from '../../results/errors.ts';
import { openRegular } from '../../results/files.ts';
import { isSystemError } from '../../results/system-error.ts';
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { BulkWriter } from '../store/bulk.ts';
import { type Chunks, gunzipped, unzstd } from './decompress.ts';
import { blobBytes, blobPath, checkDigest, type Descriptor } from './oci-blobs.ts';

/** A limit for hostile archives. */
const UNPACKED_MAX_BYTES = 64 * 2 ** 30;

type BlobForm = 'tar' | 'gzip' | 'zstd';

/** From the blob's first bytes, because media types are often wrong. */
const formOf = (path: string): BlobForm => {
  const head = Buffer.alloc(4);
  const { fd } = openRegular(path);
  readSync(fd, head, 0, head.length, 0);
  closeSync(fd);
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'tar';
};

const unpack = (form: BlobForm, chunks: Chunks): Chunks => {
  if (form === 'tar') return chunks;
  return form === 'gzip' ? gunzipped(chunks) : unzstd(chunks);
};

interface SpoolOptions {
  readonly layout: string;
  readonly layer: Descriptor;
  /** `sha256:…` of the uncompressed bytes, if known. */
  readonly diffId: string | undefined;
  /** Path of the spool file, if one is needed. */
  readonly path: string;
}

/** Path of the uncompressed archive, which is the blob itself if that is uncompressed. */
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
    // System errors, such as a full disk, say nothing about the layer.
    if (error instanceof UserError || error instanceof ResultsError || isSystemError(error)) throw error;
    throw new UserError(`cannot decompress a layer (${form})`, {
      code: 'bad-layer',
      facts: [`layer: ${layer.digest}`, show(String((error as Error).message))],
    });
  } finally {
    out?.close();
  }
  if (diffId !== undefined) checkDigest(diffId, `sha256:${hash.digest('hex')}`, 'an uncompressed layer');
  return out === null ? blob : path;
};
