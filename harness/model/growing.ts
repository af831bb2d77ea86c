// Growing storage: typed arrays that double, and a pool of byte strings in segments that never move.
import { randomBytes } from 'node:crypto';
import type { ByteString } from './bytes.ts';

type Numbers = Uint16Array | Uint32Array | Int32Array | BigInt64Array | BigUint64Array;

/** The column itself, or a copy of twice the size if it has no room for `count` values. */
export const withRoom = <T extends Numbers>(column: T, count: number): T => {
  if (count <= column.length) return column;
  const grown = new (column.constructor as new (length: number) => T)(Math.max(count, column.length * 2));
  (grown as Uint32Array).set(column as Uint32Array);
  return grown;
};

const SEGMENT_BITS = 20;
const SEGMENT_BYTES = 1 << SEGMENT_BITS;
const OFFSET_MASK = SEGMENT_BYTES - 1;
const MAX_SEGMENTS = 2 ** (32 - SEGMENT_BITS);
/** A length is stored in at most five bytes of seven bits. */
const MAX_LENGTH_BYTES = 5;

/** Differs between processes, so that nobody can make names that share one hash and slow a table down. */
export const HASH_START = randomBytes(4).readInt32LE();
export const HASH_FACTOR = 0x01000193;

/** FNV-1a from a random start; equal to `Pool.hash` of the same bytes. */
export const hashOf = (text: ByteString, seed = 0): number => {
  let hash = HASH_START ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), HASH_FACTOR);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** Byte strings, each with its length in front. A 32-bit address holds segment and offset. */
export class Pool {
  readonly #segments: Buffer[] = [];
  #used = SEGMENT_BYTES;
  /** Bytes of all strings. */
  bytes = 0;

  /** Returns the address. */
  add(text: ByteString): number {
    this.bytes += text.length;
    if (this.#used + MAX_LENGTH_BYTES + text.length > SEGMENT_BYTES) {
      if (this.#segments.length === MAX_SEGMENTS)
        throw new RangeError('the names of a tree take more than 4 GiB');
      this.#segments.push(Buffer.allocUnsafeSlow(Math.max(SEGMENT_BYTES, MAX_LENGTH_BYTES + text.length)));
      this.#used = 0;
    }
    const number = this.#segments.length - 1;
    const segment = this.#segments[number]!;
    const address = number * SEGMENT_BYTES + this.#used;
    let at = this.#used;
    let length = text.length;
    for (; length > 0x7f; length >>>= 7) segment[at++] = 0x80 | (length & 0x7f);
    segment[at++] = length;
    // For short names this loop is faster than a call into the runtime.
    if (text.length < 32) for (let i = 0; i < text.length; i++) segment[at + i] = text.charCodeAt(i);
    else segment.write(text, at, 'latin1');
    this.#used = Math.min(SEGMENT_BYTES, at + text.length);
    return address;
  }

  #segment(address: number): Buffer {
    return this.#segments[address >>> SEGMENT_BITS]!;
  }

  length(address: number): number {
    const segment = this.#segment(address);
    let at = address & OFFSET_MASK;
    let byte = segment[at]!;
    if (byte < 0x80) return byte;
    let length = 0;
    let shift = 0;
    for (; byte >= 0x80; byte = segment[++at]!, shift += 7) length |= (byte & 0x7f) << shift;
    return length | (byte << shift);
  }

  /** Offset of the bytes in their segment. */
  #start(address: number, length: number): number {
    let at = (address & OFFSET_MASK) + 1;
    for (let rest = length >>> 7; rest > 0; rest >>>= 7) at++;
    return at;
  }

  text(address: number): ByteString {
    const length = this.length(address);
    const start = this.#start(address, length);
    return this.#segment(address).toString('latin1', start, start + length);
  }

  hash(address: number, seed = 0): number {
    const length = this.length(address);
    const segment = this.#segment(address);
    const start = this.#start(address, length);
    let hash = HASH_START ^ seed;
    for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ segment[i]!, HASH_FACTOR);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  equals(address: number, text: ByteString): boolean {
    const length = this.length(address);
    if (length !== text.length) return false;
    const segment = this.#segment(address);
    const start = this.#start(address, length);
    for (let i = 0; i < length; i++) if (segment[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Negative, 0 or positive, in byte order. */
  compare(a: number, b: number): number {
    const lengthA = this.length(a);
    const lengthB = this.length(b);
    const segmentA = this.#segment(a);
    const segmentB = this.#segment(b);
    const startA = this.#start(a, lengthA);
    const startB = this.#start(b, lengthB);
    const common = Math.min(lengthA, lengthB);
    for (let i = 0; i < common; i++) {
      const difference = segmentA[startA + i]! - segmentB[startB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  /** First byte of a non-empty string. */
  first(address: number): number {
    return this.#segment(address)[this.#start(address, this.length(address))]!;
  }

  /** Copies the bytes and returns their number. */
  copy(address: number, into: Uint8Array, at: number): number {
    const length = this.length(address);
    const segment = this.#segment(address);
    const start = this.#start(address, length);
    for (let i = 0; i < length; i++) into[at + i] = segment[start + i]!;
    return length;
  }
}
