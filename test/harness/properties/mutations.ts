// Damaged copies of valid inputs.
import fc from 'fast-check';

type Change = (bytes: Buffer) => Buffer;

const WORDS = [0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Position in bytes of any length. */
const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Buffer, where: number, last = bytes.length): number => Math.floor(where * last);

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(position, fc.nat(7)).map(
    ([where, bit]): Change =>
      (bytes) => {
        if (bytes.length > 0) bytes[at(bytes, where)]! ^= 1 << bit;
        return bytes;
      },
  ),
  fc.tuple(position, fc.integer({ min: 0, max: 255 })).map(
    ([where, value]): Change =>
      (bytes) => {
        if (bytes.length > 0) bytes[at(bytes, where)] = value;
        return bytes;
      },
  ),
  fc.tuple(position, fc.constantFrom(...WORDS)).map(
    ([where, word]): Change =>
      (bytes) => {
        if (bytes.length >= 4) bytes.writeUInt32LE(word, at(bytes, where, bytes.length - 3) & ~3);
        return bytes;
      },
  ),
  position.map(
    (where): Change =>
      (bytes) =>
        Buffer.from(bytes.subarray(0, at(bytes, where))),
  ),
  fc.tuple(position, position, position).map(
    ([from, to, into]): Change =>
      (bytes) => {
        const piece = bytes.subarray(at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to)));
        const place = at(bytes, into);
        return Buffer.concat([bytes.subarray(0, place), piece, bytes.subarray(place)]);
      },
  ),
  fc.tuple(position, fc.uint8Array({ maxLength: 20 })).map(
    ([where, more]): Change =>
      (bytes) => {
        const place = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]);
      },
  ),
);

/** One of `bases` with one to six changes. */
export const damaged = (bases: readonly Buffer[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.nat(bases.length - 1), fc.array(changes, { minLength: 1, maxLength: 6 }))
    .map(([base, all]) => all.reduce<Buffer>((bytes, change) => change(bytes), Buffer.from(bases[base]!)));
