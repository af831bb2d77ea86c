// Writes text that comes in pieces to a file, or to standard output without one.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Pieces can be as short as a line; larger chunks need fewer writes. */
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

/** The file is replaced when all of the text is written. A reader that closes the pipe early, such as `head`, is no error. */
export const writeOut = async (
  pieces: AsyncIterable<string> | Iterable<string>,
  file: string | undefined,
): Promise<void> => {
  if (file !== undefined) {
    await pipeline(inChunks(pieces), createWriteStream(`${file}.new`));
    return rename(`${file}.new`, file);
  }
  try {
    await pipeline(inChunks(pieces), process.stdout, { end: false });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPIPE') throw error;
  }
};
