// Names of overlayfs's private attributes. Foreign attributes with such names are stored with one level of escaping.
//
// Source: Documentation/filesystems/overlayfs.rst (nested mounts).
import type { ByteString } from './bytes.ts';
import type { Xattr } from './tree.ts';

export const OVERLAY_PREFIX = 'trusted.overlay.';
export const ESCAPED_PREFIX = 'trusted.overlay.overlay.';
export const OPAQUE_KEY = 'trusted.overlay.opaque';

const isPrivate = (key: ByteString): boolean =>
  key.startsWith(OVERLAY_PREFIX) && !key.startsWith(ESCAPED_PREFIX);

export const escapedXattr = ([key, value]: Xattr): Xattr => [
  key.startsWith(OVERLAY_PREFIX) ? `${ESCAPED_PREFIX}${key.slice(OVERLAY_PREFIX.length)}` : key,
  value,
];

/** The attributes that overlayfs shows of a layer's: private ones are hidden, escaped ones lose a level. */
export const seenThroughOverlay = (xattrs: readonly Xattr[]): readonly Xattr[] =>
  xattrs
    .filter(([key]) => !isPrivate(key))
    .map(([key, value]) => [
      key.startsWith(ESCAPED_PREFIX) ? `${OVERLAY_PREFIX}${key.slice(ESCAPED_PREFIX.length)}` : key,
      value,
    ]);

export const withoutOpaqueMark = (xattrs: readonly Xattr[]): readonly Xattr[] =>
  xattrs.filter(([key]) => key !== OPAQUE_KEY);

export const hasOpaqueMark = (xattrs: readonly Xattr[]): boolean =>
  xattrs.some(([key, value]) => key === OPAQUE_KEY && value === 'y');
