// Streaming decompression of dumps and layers.
//
// zstd:  fzstd on every Node version, so that there is one path: node:zlib reads zstd only from Node 22.15 on, the project
//        supports 20.19, and the zstd tool would be one more thing to install.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

export type Chunks = AsyncIterable<Uint8Array>;

const OUTPUT_BYTES = 1 << 20;

export async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const feeding = pipeline(Readable.from(chunks), gunzip);
  // A failure also ends the loop below, which reports it.
  feeding.catch(() => {});
  for await (const chunk of gunzip) yield chunk as Buffer;
  await feeding;
}

export async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
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
