// Makes zstd frames with the library that the reader uses, too.
import koffi from 'koffi';

const library = koffi.load('libzstd.so.1');
const compressBound = library.func('ZSTD_compressBound', 'size_t', ['size_t']) as (bytes: number) => number;
const compress = library.func('ZSTD_compress', 'size_t', [
  'void *',
  'size_t',
  'const void *',
  'size_t',
  'int',
]) as (into: Buffer, intoBytes: number, from: Buffer, fromBytes: number, level: number) => number;

export const zstdFrame = (plain: Buffer, level = 3): Buffer => {
  const into = Buffer.alloc(compressBound(plain.length));
  return into.subarray(0, compress(into, into.length, plain, plain.length, level));
};

/** A block that repeats one byte. */
const repeated = (bytes: number, isLast: boolean): Buffer => {
  const block = Buffer.alloc(4);
  block.writeUIntLE((bytes << 3) | 2 | (isLast ? 1 : 0), 0, 3);
  return block;
};

/** A frame of 4 bytes for each 128 KiB of zeros, which needs a history of 2^`historyBits` bytes. */
export const zstdBomb = (blocks: number, historyBits = 20): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (historyBits - 10) << 3]),
    ...Array<Buffer>(blocks - 1).fill(repeated(131_072, false)),
    repeated(131_072, true),
  ]);
