// The source `dump:FILE[.gz|.zst]`: composefs dump text. It describes files without their contents, which are synthesised.
//
// Reads:  the file once, in pieces.
// Leaves: nothing.
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { fromBytes } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { type Entry, S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { objectPath } from '../store/objects.ts';
import { DumpReader } from './dump-text.ts';
import { tableName } from './inode.ts';

const PIECE_BYTES = 1 << 18;

async function* unzstd(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const decoder = new Decompress((piece) => {
    out.push(piece);
  });
  for await (const piece of pieces) {
    decoder.push(piece);
    yield* out;
    out = [];
  }
  decoder.push(new Uint8Array(0), true);
  yield* out;
}

const piecesOf = (path: string): AsyncIterable<Uint8Array> => {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (path.endsWith('.zst')) return unzstd(file);
  if (!path.endsWith('.gz')) return file;
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
};

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { syscall: string } =>
  error instanceof Error && 'syscall' in error;

const explain = (error: unknown, path: string): unknown => {
  if (error instanceof UserError)
    return new UserError(error.message, {
      code: error.code,
      facts: [`file: ${path}`, ...error.facts],
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  if (isSystemError(error))
    return new UserError('the dump cannot be read', {
      code: error.code ?? 'EIO',
      facts: [`file: ${path}`, error.message],
    });
  if (
    error instanceof Error &&
    (/^Z_/.test(String((error as NodeJS.ErrnoException).code)) || path.endsWith('.zst'))
  )
    return new UserError('the dump cannot be decompressed', {
      code: 'bad-compression',
      facts: [`file: ${path}`, error.message],
      hint: 'the ending of the name says how it is compressed: .gz, .zst or nothing',
    });
  return error;
};

const readDump = async (path: string): Promise<Tree> => {
  const reader = new DumpReader({ strict: process.env['CFS_PARSE_STRICT'] !== undefined });
  try {
    for await (const piece of piecesOf(path)) reader.push(piece);
    return reader.finish();
  } catch (error) {
    throw explain(error, path);
  }
};

/** Equal payloads are equal contents, in every image. A file without one is told by its digest, else by its place. */
const seedOf = (tree: Tree, entry: Entry): string => {
  if (entry.payload !== null && entry.payload !== '') return entry.payload;
  return entry.digest === null ? `path:${tree.path(entry.link ?? entry.index)}` : objectPath(entry.digest);
};

const contentOf = (tree: Tree, index: number): ContentRef => {
  const entry = tree.entry(index);
  if ((entry.mode & S_IFMT) !== S_IFREG) throw new RangeError(`entry ${index} is not a regular file`);
  if (entry.size > BigInt(Number.MAX_SAFE_INTEGER))
    throw new UserError('a file of the dump is too large to have contents', {
      code: 'too-large',
      facts: [`size: ${entry.size} bytes`],
    });
  return { kind: 'seed', seed: seedOf(tree, entry), sizeBytes: Number(entry.size) };
};

export const openDump = async (path: string, source: string): Promise<SourceImage> => {
  const tree = await readDump(path);
  return {
    name: tableName(fromBytes(Buffer.from(basename(path).replace(/(\.dump)?(\.gz|\.zst)?$/, '')))),
    source,
    contents: 'synthetic',
    tree,
    layers: [tree],
    content: contentOf,
    close: async () => {},
  };
};
