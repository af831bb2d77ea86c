// Which objects an image needs: the targets of its redirects, without the leading slash. This is the mark phase of a collector.
import { S_IFREG } from '../model/tree.ts';
import { XATTR_ENTRY_BYTES } from './format.ts';
import { ImageView } from './view.ts';
import { eachInode } from './walk.ts';
import { inlineXattrs, sharedOffsets, sharedXattr, storedValue, type XattrPlace } from './xattr-view.ts';

const TRUSTED = 4;
const REDIRECT = Buffer.from('overlay.redirect', 'latin1');

const redirectTarget = (view: ImageView, place: XattrPlace): string | null => {
  if (place.prefix !== TRUSTED || place.suffixBytes !== REDIRECT.length) return null;
  const from = place.at + XATTR_ENTRY_BYTES;
  if (view.bytes.compare(REDIRECT, 0, REDIRECT.length, from, from + REDIRECT.length) !== 0) return null;
  const target = storedValue(view, place);
  return target.startsWith('/') ? target.slice(1) : target;
};

/** Paths below the object store, `ab/cdef…`. */
export const objectPaths = (image: Uint8Array): Set<string> => {
  const view = new ImageView(image);
  const paths = new Set<string>();
  /** Files of equal contents share the attribute: each is looked at once. */
  const shared = new Set<number>();
  eachInode(view, (inode) => {
    if (inode.type !== S_IFREG) return;
    for (const offset of sharedOffsets(inode)) {
      if (shared.has(offset)) continue;
      shared.add(offset);
      const target = redirectTarget(view, sharedXattr(view, offset));
      if (target !== null) paths.add(target);
    }
    for (const place of inlineXattrs(inode)) {
      const target = redirectTarget(view, place);
      if (target !== null) paths.add(target);
    }
  });
  return paths;
};
