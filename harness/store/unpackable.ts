// Checks whether unpacked layers under overlayfs can show a tree.
import { show } from '../model/bytes.ts';
import { isDevice, isWhiteout } from '../model/inode-type.ts';
import { OVERLAY_PREFIX } from '../model/overlay-xattrs.ts';
import { type Entry, S_IFMT, S_IFSOCK, type Tree } from '../model/tree.ts';

/** Extended attributes that only root in the initial user namespace can set. */
const PRIVILEGED = /^(trusted\.|security\.(?!capability$))/;

const reasonFor = (entry: Entry, rootless: boolean): string | null => {
  if (isWhiteout(entry)) return 'overlayfs would hide its own whiteout';
  if ((entry.mode & S_IFMT) === S_IFSOCK) return 'a tar cannot hold a socket';
  if (entry.mtimeNsec > 999_999_999) return 'a tar cannot hold its mtime';
  for (const [key] of entry.xattrs) {
    if (key.startsWith(OVERLAY_PREFIX)) return `overlayfs would read its attribute ${show(key)}`;
    if (rootless && key.startsWith('user.overlay.')) return `overlayfs would read its attribute ${show(key)}`;
    if (rootless && PRIVILEGED.test(key)) return `setting its attribute ${show(key)} needs root`;
  }
  if (rootless && isDevice(entry)) return 'making its device node needs root';
  return null;
};

/** The first entry that unpacked layers cannot show, with the reason; or null. */
export const whyNotUnpackable = (tree: Tree, { rootless }: { rootless: boolean }): string | null => {
  for (let index = 0; index < tree.count; index++) {
    const reason = reasonFor(tree.entry(index), rootless);
    if (reason !== null) return `${show(tree.path(index))}: ${reason}`;
  }
  return null;
};
