// Streaming decompression of dumps and layers.
//
// zstd:  libzstd on every Node version, so that there is one path: node:zlib reads zstd only from Node 22.15 on, the project
//        supports 20.19.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ZstdStream } from '../sys/zstd.ts';

export type Chunks = AsyncIterable<Uint8Array>;

const OUTPUT_BYTES = 1 << 20;

/** Whether decompression failed because of the data. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

export async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const feeding = pipeline(Readable.from(chunks), gunzip);
  // A failure ends the loop below, perhaps with an error that says less.
  feeding.catch(() => {});
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
