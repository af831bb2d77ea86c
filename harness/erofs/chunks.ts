// Division of a file into chunks: one chunk of up to 8 TiB, or chunks of 8 TiB each.
import { MAX_CHUNK_BITS, MAX_CHUNKS, MIN_CHUNK_BITS } from './format.ts';

/** Sizes up to this one have one chunk and are exact as a JavaScript number. */
const ONE_CHUNK = 2 ** MAX_CHUNK_BITS;

export const chunkBits = (size: bigint): number => {
  const number = Number(size);
  if (number > ONE_CHUNK) return MAX_CHUNK_BITS;
  return Math.max(MIN_CHUNK_BITS, number < 2 ? 0 : Math.floor(Math.log2(number - 1)) + 1);
};

/** Null if the format has no room for that number of chunks. Counted modulo 2^64, as in the reference. */
export const chunkCount = (size: bigint): number | null => {
  if (size <= BigInt(ONE_CHUNK)) return 1;
  const count = BigInt.asUintN(64, size + BigInt(ONE_CHUNK - 1)) >> BigInt(MAX_CHUNK_BITS);
  return count > BigInt(MAX_CHUNKS) ? null : Number(count);
};
