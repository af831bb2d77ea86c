// Text in pieces to where it was asked for: a file, which is replaced as a whole, or standard output.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Fewer writes: pieces are as short as a line. */
const CHUNK_CHARACTERS = 1 << 16;

async function* inChunks(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** A reader that has seen enough, such as `head`, is no error. */
export const writeOut = async (
  pieces: AsyncIterable<string> | Iterable<string>,
  out: string | undefined,
): Promise<void> => {
  if (out !== undefined) {
    await pipeline(inChunks(pieces), createWriteStream(`${out}.new`));
    return rename(`${out}.new`, out);
  }
  try {
    await pipeline(inChunks(pieces), process.stdout, { end: false });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPIPE') throw error;
  }
};
