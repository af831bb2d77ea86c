// Checks whether unpacked layers under overlayfs can show a tree.
import { show } from '../model/bytes.ts';
import type { SourceImage } from '../model/image.ts';
import { isDevice, isWhiteout } from '../model/inode-type.ts';
import { OPAQUE_KEY, OVERLAY_PREFIX } from '../model/overlay-xattrs.ts';
import { type Entry, S_IFMT, S_IFSOCK } from '../model/tree.ts';

/** Extended attributes that only root in the initial user namespace can set. */
const PRIVILEGED = /^(trusted\.|security\.(?!capability$))/;

interface Unpacking {
  readonly rootless: boolean;
  /** A layer has marks of its own for overlayfs. */
  readonly inLayer: boolean;
}

const reasonFor = (entry: Entry, { rootless, inLayer }: Unpacking): string | null => {
  const hides = isWhiteout(entry);
  if (hides && !inLayer) return 'overlayfs would hide its own whiteout';
  if ((entry.mode & S_IFMT) === S_IFSOCK) return 'a tar cannot hold a socket';
  if (entry.mtimeNsec > 999_999_999) return 'a tar cannot hold its mtime';
  for (const [key, value] of entry.xattrs) {
    if (inLayer && key === OPAQUE_KEY && value === 'y') continue;
    if (key.startsWith(OVERLAY_PREFIX)) return `overlayfs would read its attribute ${show(key)}`;
    if (rootless && key.startsWith('user.overlay.')) return `overlayfs would read its attribute ${show(key)}`;
    if (rootless && PRIVILEGED.test(key)) return `setting its attribute ${show(key)} needs root`;
  }
  if (rootless && isDevice(entry) && !hides) return 'making its device node needs root';
  return null;
};

/** The first entry that unpacked layers cannot show, or that cannot be unpacked, with the reason; or null. */
export const whyNotUnpackable = (
  { tree, layers }: Pick<SourceImage, 'tree' | 'layers'>,
  { rootless }: Pick<Unpacking, 'rootless'>,
): string | null => {
  // Layers have entries, too, that upper layers hide.
  for (const part of new Set([tree, ...layers]))
    for (let index = 0; index < part.count; index++) {
      const reason = reasonFor(part.entry(index), { rootless, inLayer: part !== tree });
      if (reason !== null) return `${show(part.path(index))}: ${reason}`;
    }
  return null;
};
