// The source `dump:FILE[.gz|.zst]`: composefs dump text, which describes files without their contents; contents are synthetic.
//
// Reads:  the file once, in pieces.
// Leaves: nothing.
import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { ResultsError } from '../../results/errors.ts';
import { openRegular } from '../../results/files.ts';
import { explaining, isSystemError, systemError } from '../../results/system-error.ts';
import { fromBytes } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import { type Entry, S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { objectPath } from '../store/objects.ts';
import { atMost, type Chunks, gunzipped, isDamage, unzstd } from './decompress.ts';
import { DumpReader } from './dump-text.ts';
import { tableName } from './inode.ts';

const PIECE_BYTES = 1 << 18;

/** The user may name a pipe, such as /dev/stdin. */
const openStream = (path: string): ReadStream => {
  const options = { highWaterMark: PIECE_BYTES };
  const isPipe = explaining({ doing: 'read', path }, () => statSync(path).isFIFO());
  return isPipe
    ? createReadStream(path, options)
    : createReadStream('', { ...options, fd: openRegular(path, { mayBeLink: true }).fd });
};

const piecesOf = (path: string): Chunks => {
  const file: Chunks = openStream(path);
  const text = path.endsWith('.zst') ? unzstd(file) : path.endsWith('.gz') ? gunzipped(file) : file;
  return atMost(LIMITS.dumpBytes, text, () =>
    beyondLimit('dumpBytes', `the dump has more than ${LIMITS.dumpBytes} bytes`),
  );
};

const explain = (error: unknown, path: string): unknown => {
  if (error instanceof UserError)
    return new UserError(error.message, {
      code: error.code,
      facts: [`file: ${path}`, ...error.facts],
      exit: error.exit,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  if (error instanceof ResultsError) return error;
  if (isSystemError(error)) return systemError(error, { doing: 'read', path });
  if (isDamage(error))
    return new UserError('cannot decompress the dump', {
      code: 'bad-compression',
      facts: [`file: ${path}`, error.message],
      hint: 'the name must end in .gz, in .zst, or in neither if the dump is not compressed',
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

/** Equal seeds give equal contents in every image: the payload, else the digest, else the path of the file. */
const seedOf = (tree: Tree, entry: Entry): string => {
  if (entry.payload !== null && entry.payload !== '') return entry.payload;
  return entry.digest === null ? `path:${tree.path(entry.link ?? entry.index)}` : objectPath(entry.digest);
};

const contentOf = (tree: Tree, index: number): ContentRef => {
  const entry = tree.entry(index);
  if ((entry.mode & S_IFMT) !== S_IFREG) throw new RangeError(`entry ${index} is not a regular file`);
  if (entry.size > BigInt(Number.MAX_SAFE_INTEGER))
    throw new UserError('a file of the dump is too large for synthetic contents', {
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
