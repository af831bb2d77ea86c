// Histograms of latencies with three digits, in the compressed form of HdrHistogram: small enough for a sample, and mergeable.
//
// A histogram in a journal is untrusted, and the library's own reader skips as many values as the bytes say: it is read here, with
// bounds for its text, its bytes and its values.
//
// Error:   a value read back is at most 0.1 % above the recorded one.
// Source:  Gil Tene, HdrHistogram (hdrhistogram.org), V2 encoding; npm package hdr-histogram-js.
import { inflateSync } from 'node:zlib';
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const DIGITS = 3;
const COMPRESSED_COOKIE = 0x1c849314;
const COOKIE = 0x1c849313;
/** Cookie, length of the counts, offset, digits, lowest and highest value, ratio. */
const HEADER_BYTES = 40;
/** Cookie and length, before the compressed bytes. */
const OUTER_BYTES = 8;
/** Values of one power of two that are told apart: three digits. */
const HALF_BUCKET = 1024;
/** Counts up to the largest safe integer. */
const MOST_COUNTS = 44 * HALF_BUCKET;
const MOST_COUNT_BYTES = 9;
const MOST_BYTES = HEADER_BYTES + MOST_COUNTS * MOST_COUNT_BYTES;
/** Bytes that do not compress become slightly more. */
const MOST_TEXT = Math.ceil((4 / 3) * (MOST_BYTES + MOST_BYTES / 100));

const emptyHistogram = (): Histogram =>
  build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: DIGITS });

/** Whole numbers, 0 or more. */
export const encodeHistogram = (values: readonly number[]): string => {
  const histogram = emptyHistogram();
  for (const value of values) histogram.recordValue(Math.max(0, Math.round(value)));
  return encodeIntoCompressedBase64(histogram);
};

const check = (holds: boolean, rule: string): void => {
  if (!holds) throw new Error(`damaged histogram: ${rule}`);
};

const inflated = (encoded: string): Buffer => {
  check(encoded.length <= MOST_TEXT, 'too long');
  check(/^[A-Za-z0-9+/]+={0,2}$/.test(encoded), 'not base64');
  const bytes = Buffer.from(encoded, 'base64');
  check(bytes.length > OUTER_BYTES && bytes.readUInt32BE(0) === COMPRESSED_COOKIE, 'not of version 2');
  const plain = inflateSync(bytes.subarray(OUTER_BYTES), { maxOutputLength: MOST_BYTES });
  check(plain.length >= HEADER_BYTES && plain.readUInt32BE(0) === COOKIE, 'not of version 2');
  check(plain.readUInt32BE(4) === plain.length - HEADER_BYTES, 'another length than it says');
  check(plain.readUInt32BE(12) === DIGITS && plain.readBigUInt64BE(16) === 1n, 'other digits or units');
  return plain;
};

/** Numbers of 1 to 9 bytes, 7 bits each and 8 in the ninth: 2n is n, 2n - 1 is -n. */
function* zigzagNumbers(bytes: Buffer): Generator<number> {
  let at = 0;
  while (at < bytes.length) {
    let value = 0;
    for (let i = 0; ; i++) {
      check(at < bytes.length, 'a count without an end');
      const byte = bytes[at++]!;
      const isLast = byte < 0x80 || i === MOST_COUNT_BYTES - 1;
      value += (byte < 0x80 ? byte : byte - 0x80) * 2 ** (7 * i);
      if (isLast) break;
    }
    yield value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** Smallest value that is counted at `index`. */
const valueAt = (index: number): number => {
  const half = Math.floor(index / HALF_BUCKET);
  return half === 0 ? index : (HALF_BUCKET + (index % HALF_BUCKET)) * 2 ** (half - 1);
};

/** A negative number is that many values without a count. */
const addEncoded = (all: Histogram, encoded: string): void => {
  let index = 0;
  for (const count of zigzagNumbers(inflated(encoded).subarray(HEADER_BYTES))) {
    const end = index + (count < 0 ? -count : 1);
    check(end <= MOST_COUNTS, 'a value beyond the largest');
    check(all.totalCount + Math.max(0, count) <= Number.MAX_SAFE_INTEGER, 'too many values');
    if (count > 0) all.recordValueWithCount(valueAt(index), count);
    index = end;
  }
};

/** All values of several histograms. Throws if one is damaged. */
export const mergeHistograms = (encoded: readonly string[]): Histogram => {
  const all = emptyHistogram();
  for (const one of encoded) addEncoded(all, one);
  return all;
};
