// The objects that an image needs: its redirect targets without the leading slash. This is the mark phase of collect.
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import { S_IFREG } from '../model/tree.ts';
import { XATTR_ENTRY_BYTES } from './format.ts';
import type { InodeView } from './inode-view.ts';
import { badImage, ImageView } from './view.ts';
import { eachInode } from './walk.ts';
import {
  inlineXattrs,
  SharedOnce,
  type StoredXattr,
  sharedOffsets,
  sharedXattr,
  storedValue,
} from './xattr-view.ts';

const TRUSTED = 4;
const REDIRECT = Buffer.from('overlay.redirect', 'latin1');

const redirectTarget = (view: ImageView, stored: StoredXattr): string | null => {
  if (stored.prefix !== TRUSTED || stored.suffixBytes !== REDIRECT.length) return null;
  const from = stored.at + XATTR_ENTRY_BYTES;
  if (view.bytes.compare(REDIRECT, 0, REDIRECT.length, from, from + REDIRECT.length) !== 0) return null;
  const target = storedValue(view, stored);
  return target.startsWith('/') ? target.slice(1) : target;
};

/** A shared attribute, the first time that one is read: an image of 3 MB can hold paths of gigabytes that overlap. */
const chargedTarget = (view: ImageView, offset: number): string | null => {
  const stored = sharedXattr(view, offset);
  view.chargeBytes(offset, XATTR_ENTRY_BYTES + stored.suffixBytes + stored.valueBytes);
  return redirectTarget(view, stored);
};

/** Paths below the object store, `ab/cdef…`. */
export const objectPaths = (image: Uint8Array): Set<string> => {
  const view = new ImageView(image);
  const paths = new Set<string>();
  /** Shared attributes already read; files of equal contents share one. */
  const shared = new SharedOnce(view);
  const add = (target: string | null): void => {
    if (target !== null) paths.add(target);
    if (paths.size > LIMITS.entries)
      throw beyondLimit('entries', `the image needs more than ${LIMITS.entries} objects`);
  };
  eachInode(view, (inode) => {
    if (inode.type !== S_IFREG) return;
    for (const offset of sharedOffsets(inode)) if (shared.add(offset)) add(chargedTarget(view, offset));
    for (const stored of inlineXattrs(inode)) add(redirectTarget(view, stored));
  });
  return paths;
};

/** Path below the object store and size of each object. Throws if two files name one object and have different sizes. */
export const objectSizes = (image: Uint8Array): Map<string, bigint> => {
  const view = new ImageView(image);
  const sizes = new Map<string, bigint>();
  /** Shared redirects by their offset. Other attributes are not kept: a hostile image refers to millions. */
  const targets = new Map<number, string>();
  const shared = new SharedOnce(view);
  const add = (inode: InodeView, target: string | null): void => {
    if (target === null) return;
    const known = sizes.get(target);
    if (known !== undefined && known !== inode.size)
      throw badImage(inode.at, 'two files of different sizes have one object');
    sizes.set(target, inode.size);
    if (Math.max(sizes.size, targets.size) > LIMITS.entries)
      throw beyondLimit('entries', `the image needs more than ${LIMITS.entries} objects`);
  };
  eachInode(view, (inode) => {
    if (inode.type !== S_IFREG) return;
    for (const offset of sharedOffsets(inode)) {
      const target = shared.add(offset) ? chargedTarget(view, offset) : null;
      if (target !== null) targets.set(offset, target);
      add(inode, targets.get(offset) ?? null);
    }
    for (const stored of inlineXattrs(inode)) add(inode, redirectTarget(view, stored));
  });
  return sizes;
};
