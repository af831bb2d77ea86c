// Reads the attributes of an inode, inline and shared.
import type { ByteString } from '../model/bytes.ts';
import type { Xattr } from '../model/tree.ts';
import { roundUp, XATTR_ENTRY_BYTES, XATTR_HEADER_BYTES } from './format.ts';
import type { InodeView } from './inode-view.ts';
import { badImage, type ImageView } from './view.ts';
import { keyOf } from './xattr-name.ts';

/** Position and lengths of one attribute. */
export interface StoredXattr {
  readonly at: number;
  readonly prefix: number;
  readonly suffixBytes: number;
  readonly valueBytes: number;
}

const placeAt = (view: ImageView, at: number, end: number): StoredXattr => {
  if (at + XATTR_ENTRY_BYTES > end) throw badImage(at, 'an attribute is cut off');
  const place = { at, suffixBytes: view.u8(at), prefix: view.u8(at + 1), valueBytes: view.u16(at + 2) };
  if (at + XATTR_ENTRY_BYTES + place.suffixBytes + place.valueBytes > end)
    throw badImage(at, 'an attribute is cut off');
  return place;
};

const referenceCount = ({ view, xattrAt, xattrBytes }: InodeView): number => {
  const count = xattrBytes === 0 ? 0 : view.u8(xattrAt + 4);
  if (XATTR_HEADER_BYTES + 4 * count > xattrBytes && count > 0)
    throw badImage(xattrAt + 4, 'an inode has more attribute references than room');
  return count;
};

export const inlineXattrs = (inode: InodeView): StoredXattr[] => {
  const places: StoredXattr[] = [];
  if (inode.xattrBytes === 0) return places;
  inode.view.chargeBytes(inode.xattrAt, inode.xattrBytes);
  let at = inode.xattrAt + XATTR_HEADER_BYTES + 4 * referenceCount(inode);
  while (at < inode.end) {
    const place = placeAt(inode.view, at, inode.end);
    places.push(place);
    at = roundUp(at + XATTR_ENTRY_BYTES + place.suffixBytes + place.valueBytes, 4);
  }
  return places;
};

/** Offsets of an inode's shared attributes. */
export const sharedOffsets = (inode: InodeView): number[] => {
  const { view, xattrAt } = inode;
  const offsets: number[] = [];
  for (let i = 0, count = referenceCount(inode); i < count; i++)
    offsets.push(view.xattrAt + 4 * view.u32(xattrAt + XATTR_HEADER_BYTES + 4 * i));
  return offsets;
};

export const sharedXattr = (view: ImageView, at: number): StoredXattr => {
  view.checkInside(at, XATTR_ENTRY_BYTES, 'a shared attribute');
  return placeAt(view, at, view.bytes.length);
};

export const storedValue = (view: ImageView, { at, suffixBytes, valueBytes }: StoredXattr): ByteString =>
  view.bytes.toString(
    'latin1',
    at + XATTR_ENTRY_BYTES + suffixBytes,
    at + XATTR_ENTRY_BYTES + suffixBytes + valueBytes,
  );

const keyAt = (view: ImageView, { at, prefix, suffixBytes }: StoredXattr): ByteString => {
  const from = at + XATTR_ENTRY_BYTES;
  const key = keyOf(prefix, view.bytes.toString('latin1', from, from + suffixBytes));
  if (key === null)
    throw badImage(
      at + 1,
      prefix === 0
        ? 'the name of an attribute repeats a prefix that has a number'
        : `an attribute has the unknown prefix ${prefix}`,
    );
  if (key === '' || key.includes('\0'))
    throw badImage(at, 'the name of an attribute is empty or has a zero byte');
  return key;
};

/** Shared attributes by offset: one bit per possible offset, because a hostile image refers to millions. */
export class SharedOnce {
  readonly #bits: Uint8Array;

  constructor(view: ImageView) {
    this.#bits = new Uint8Array(Math.ceil(view.bytes.length / 32) + 1);
  }

  /** True at the first call with an offset. */
  add(offset: number): boolean {
    const bit = Math.floor(offset / 4);
    const mask = 1 << (bit & 7);
    const isNew = (this.#bits[bit >>> 3]! & mask) === 0;
    this.#bits[bit >>> 3]! |= mask;
    return isNew;
  }
}

const CACHED_MAX = 1 << 20;
const CACHED_MAX_BYTES = 1 << 26;

/** Reads attributes; shared ones are cached. */
export class XattrReader {
  readonly #view: ImageView;
  readonly #shared = new Map<number, Xattr>();
  #cachedBytes = 0;

  constructor(view: ImageView) {
    this.#view = view;
  }

  #read(place: StoredXattr): Xattr {
    return [keyAt(this.#view, place), storedValue(this.#view, place)];
  }

  #readShared(at: number): Xattr {
    const known = this.#shared.get(at);
    if (known !== undefined) return known;
    const place = sharedXattr(this.#view, at);
    const bytes = XATTR_ENTRY_BYTES + place.suffixBytes + place.valueBytes;
    this.#view.chargeBytes(at, bytes);
    const xattr = this.#read(place);
    this.#cachedBytes += bytes;
    if (this.#shared.size < CACHED_MAX && this.#cachedBytes < CACHED_MAX_BYTES) this.#shared.set(at, xattr);
    return xattr;
  }

  /** Inline attributes, then shared ones, in stored order. */
  of(inode: InodeView): Xattr[] {
    const xattrs = inlineXattrs(inode).map((place) => this.#read(place));
    for (const at of sharedOffsets(inode)) xattrs.push(this.#readShared(at));
    if (xattrs.length > 1 && new Set(xattrs.map(([key]) => key)).size !== xattrs.length)
      throw badImage(inode.xattrAt, 'an inode has an attribute twice');
    return xattrs;
  }
}
