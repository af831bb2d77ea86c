// Distinct attributes in their stored form.
import { type ByteString, show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { roundUp, XATTR_ENTRY_BYTES } from './format.ts';
import { storedName } from './xattr-name.ts';

const MAX_SUFFIX_BYTES = 255;
const MAX_VALUE_BYTES = 65535;

export interface XattrItem {
  readonly key: ByteString;
  readonly value: ByteString;
  readonly filterMask: number;
  /** The stored form, padded to four bytes. */
  readonly encoded: Uint8Array;
  /** Number of inodes with the attribute. */
  useCount: number;
  /** Offset in the shared table; -1 if inline. */
  sharedAt: number;
}

const encode = (key: ByteString, value: ByteString): Buffer => {
  const { index, suffix } = storedName(key);
  if (suffix.length > MAX_SUFFIX_BYTES || value.length > MAX_VALUE_BYTES)
    throw new UserError('an attribute exceeds the limit of the format', {
      code: 'xattr-too-long',
      facts: [`attribute: ${show(key)}`, `value: ${value.length} bytes, at most ${MAX_VALUE_BYTES}`],
    });
  const bytes = Buffer.alloc(roundUp(XATTR_ENTRY_BYTES + suffix.length + value.length, 4));
  bytes[0] = suffix.length;
  bytes[1] = index;
  bytes.writeUInt16LE(value.length, 2);
  bytes.write(suffix, XATTR_ENTRY_BYTES, 'latin1');
  bytes.write(value, XATTR_ENTRY_BYTES + suffix.length, 'latin1');
  return bytes;
};

export const filterMaskOf = (key: ByteString): number => 1 << storedName(key).filterBit;

export class XattrItems {
  /** By key, then by value. */
  readonly #known = new Map<ByteString, Map<ByteString, XattrItem>>();

  of(key: ByteString, value: ByteString): XattrItem {
    let values = this.#known.get(key);
    if (values === undefined) {
      values = new Map();
      this.#known.set(key, values);
    }
    let item = values.get(value);
    if (item === undefined) {
      item = {
        key,
        value,
        filterMask: filterMaskOf(key),
        encoded: encode(key, value),
        useCount: 0,
        sharedAt: -1,
      };
      values.set(value, item);
    }
    return item;
  }

  *all(): Generator<XattrItem> {
    for (const values of this.#known.values()) yield* values.values();
  }
}
