// Synthetic contents for files that an image describes without their bytes. Equal seeds give equal bytes on every machine, and
// any part can be computed without the rest.
//
// The bytes are an AES-128 key stream in counter mode: as fast as memory with the processor's AES instructions, and
// incompressible, so that no file system or disk handles them faster than real contents.
import { createCipheriv, createHash } from 'node:crypto';
import { type ByteString, toBytes } from '../model/bytes.ts';

const KEY_BYTES = 16;
const CIPHER_BLOCK_BYTES = 16;
const PIECE_BYTES = 1 << 20;
const ZEROS = Buffer.alloc(PIECE_BYTES + CIPHER_BLOCK_BYTES);

const counterAt = (block: number): Buffer => {
  const counter = Buffer.alloc(CIPHER_BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(block), 8);
  return counter;
};

const keyOf = (seed: ByteString): Buffer =>
  createHash('sha256').update(toBytes(seed)).digest().subarray(0, KEY_BYTES);

/** `length` bytes starting at `offset`, in pieces of at most 1 MiB. */
export function* contentPieces(seed: ByteString, offset: number, length: number): Generator<Buffer> {
  const block = Math.floor(offset / CIPHER_BLOCK_BYTES);
  const cipher = createCipheriv('aes-128-ctr', keyOf(seed), counterAt(block));
  let skip = offset - block * CIPHER_BLOCK_BYTES;
  for (let left = length; left > 0; ) {
    const piece = Math.min(left, PIECE_BYTES);
    yield cipher.update(ZEROS.subarray(0, skip + piece)).subarray(skip);
    skip = 0;
    left -= piece;
  }
}

export const contentBytes = (seed: ByteString, offset: number, length: number): Buffer =>
  Buffer.concat([...contentPieces(seed, offset, length)]);
