// Stored attribute names: a prefix index, a suffix, and a bit of the name filter.
//
// Source: EROFS_XATTR_INDEX_* and EROFS_XATTR_FILTER_SEED of the kernel's erofs_fs.h.
import createXxhash from 'xxhash-wasm';
import { type ByteString, toBytes } from '../model/bytes.ts';

const { h32Raw } = await createXxhash();

/** First match wins. */
const PREFIXES: readonly (readonly [prefix: string, index: number])[] = [
  ['user.', 1],
  ['system.posix_acl_access', 2],
  ['system.posix_acl_default', 3],
  ['trusted.', 4],
  ['security.', 6],
];
const FILTER_SEED = 0x25bbe08f;

interface StoredName {
  readonly index: number;
  readonly suffix: ByteString;
  /** Position in the 32-bit filter that this name clears. */
  readonly filterBit: number;
}

/** XXH32, the standard 32-bit xxHash. */
export const xxh32 = (text: ByteString, seed: number): number => h32Raw(toBytes(text), seed) >>> 0;

const known = new Map<ByteString, StoredName>();

export const storedName = (key: ByteString): StoredName => {
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const [prefix, index] = PREFIXES.find(([start]) => key.startsWith(start)) ?? ['', 0];
  const suffix = key.slice(prefix.length);
  const name = { index, suffix, filterBit: xxh32(suffix, FILTER_SEED + index) & 31 };
  // The limit keeps hostile images from growing the cache.
  if (known.size < 4096) known.set(key, name);
  return name;
};

/**
 * The key of a stored name. Null for an index that composefs does not use, and for a name in full whose prefix has an index: the kernel
 * shows no such attribute, and a key has one stored form, so that all readers see the same attributes.
 */
export const keyOf = (index: number, suffix: ByteString): ByteString | null => {
  if (index === 0) return PREFIXES.some(([prefix]) => suffix.startsWith(prefix)) ? null : suffix;
  const prefix = PREFIXES.find(([, known]) => known === index)?.[0];
  return prefix === undefined ? null : `${prefix}${suffix}`;
};
