// Checks whether unpacked layers under overlayfs can show a tree.
import { show } from '../model/bytes.ts';
import { type Entry, S_IFBLK, S_IFCHR, S_IFMT, S_IFSOCK, type Tree } from '../model/tree.ts';

/** Extended attributes that only root in the initial user namespace can set. */
const PRIVILEGED = /^(trusted\.|security\.(?!capability$))/;

const reasonFor = (entry: Entry, rootless: boolean): string | null => {
  const format = entry.mode & S_IFMT;
  if (format === S_IFCHR && entry.rdev === 0) return 'overlayfs would hide its own whiteout';
  if (format === S_IFSOCK) return 'a tar cannot hold a socket';
  if (entry.mtimeNsec > 999_999_999) return 'a tar cannot hold its mtime';
  for (const [key] of entry.xattrs) {
    if (key.startsWith('trusted.overlay.')) return `overlayfs would read its attribute ${show(key)}`;
    if (rootless && key.startsWith('user.overlay.')) return `overlayfs would read its attribute ${show(key)}`;
    if (rootless && PRIVILEGED.test(key)) return `setting its attribute ${show(key)} needs root`;
  }
  if (rootless && (format === S_IFCHR || format === S_IFBLK)) return 'making its device node needs root';
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
