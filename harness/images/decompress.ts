// Streaming decompression of dumps and layers.
//
// zstd:  libzstd on every Node version, so that there is one path: node:zlib reads zstd only from Node 22.15 on, the project
//        supports 20.19.
import { createGunzip, type Gunzip } from 'node:zlib';
import { ZstdStream } from '../sys/zstd.ts';

export type Chunks = AsyncIterable<Uint8Array>;

const OUTPUT_BYTES = 1 << 20;

/** Whether decompression failed because of the data. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

/** Zero bytes after the last member are padding, as for gzip(1). Other bytes there are damage. */
const feed = async (gunzip: Gunzip, chunks: Chunks): Promise<void> => {
  // After an error the callback of a write is not called.
  const failed = new Promise<never>((_, reject) => gunzip.once('error', reject));
  failed.catch(() => {});
  let fedBytes = 0;
  let restBytes = 0;
  for await (const chunk of chunks) {
    if (restBytes === 0) {
      const written = new Promise<void>((resolve) => gunzip.write(chunk, () => resolve()));
      await Promise.race([written, failed]);
      fedBytes += chunk.length;
      restBytes = fedBytes - gunzip.bytesWritten;
    } else restBytes = chunk.length;
    if (chunk.subarray(chunk.length - restBytes).some((byte) => byte !== 0))
      throw Object.assign(new Error('other data follows the last gzip member'), { code: 'Z_DATA_ERROR' });
  }
};

export async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const feeding = feed(gunzip, chunks).finally(() => gunzip.end());
  // A failure ends the loop below, perhaps with an error that says less.
  feeding.catch((error: Error) => gunzip.destroy(error));
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    await feeding;
    throw error;
  }
  await feeding;
}

export async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const stream = new ZstdStream();
  try {
    for await (const chunk of chunks) yield* stream.push(chunk);
    stream.end();
  } finally {
    stream.close();
  }
}

/** The chunks, until they have more than `maxBytes` together: then throws what `refusal` makes. */
export async function* atMost(
  maxBytes: number,
  chunks: Chunks,
  refusal: () => Error,
): AsyncGenerator<Uint8Array> {
  let left = maxBytes;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) throw refusal();
    yield chunk;
  }
}
