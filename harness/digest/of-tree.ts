// The listing that a mount of an image must show, computed from the image's description.
//
// The image may describe overlayfs's private attributes. The image escapes `trusted.overlay.*` and the mount unescapes it, so they
// are shown unchanged. A whiteout is shown in its stored form: an empty file, with marks on the file and on its directory.
// Source: the composefs image format, section on whiteouts; observed on Linux 6.18.
import { closeSync, openSync } from 'node:fs';
import { type ByteString, show, toBytes } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { deviceParts, isDirectory, isWhiteout } from '../model/inode-type.ts';
import { type Entry, S_IFLNK, S_IFMT, S_IFREG, type Tree, type Xattr } from '../model/tree.ts';
import { writeAll } from '../store/bulk.ts';
import { verityDigest } from '../store/verity.ts';
import { type Coverage, inPathOrder, type Listing, type ListingSummary, newListing } from './listing.ts';

interface DescribedImage {
  readonly tree: Tree;
  /** Version 1 also marks the parents of whiteouts as opaque. */
  readonly imageVersion: 0 | 1;
}

const NS_PER_SEC = 1_000_000_000n;
const SELINUX = 'security.selinux';

const withXattrs = (xattrs: readonly Xattr[], more: readonly Xattr[]): Xattr[] => [
  ...new Map([...xattrs, ...more]),
];

const WHITEOUT: readonly Xattr[] = [
  ['trusted.overlay.whiteout', ''],
  ['user.overlay.whiteout', ''],
];
const WHITEOUTS: readonly Xattr[] = [
  ['trusted.overlay.whiteouts', ''],
  ['user.overlay.whiteouts', ''],
];
const OPAQUE: readonly Xattr[] = [
  ['trusted.overlay.opaque', 'x'],
  ['user.overlay.opaque', 'x'],
];

/** Whether a file of the image has a label. */
export const setsSelinux = (tree: Tree): boolean => {
  for (let i = 0; i < tree.count; i++) if (tree.entry(i).xattrs.some(([key]) => key === SELINUX)) return true;
  return false;
};

const contentsOf = (tree: Tree, entry: Entry): string => {
  if (entry.size === 0n) return verityDigest(new Uint8Array(0));
  if (entry.content !== null && entry.content !== '') return verityDigest(toBytes(entry.content));
  if (entry.digest !== null) return entry.digest.toLowerCase();
  throw new UserError('a file has neither contents nor a digest to compare with', {
    code: 'no-digest',
    facts: [`path: ${show(tree.path(entry.index))}`, `size: ${entry.size} bytes`],
  });
};

const joined = (parent: ByteString, name: ByteString): ByteString =>
  parent === '/' ? `/${name}` : `${parent}/${name}`;

/** The attributes that a mount shows, with the marks that the image stores for whiteouts. */
const shownXattrs = ({ tree, imageVersion }: DescribedImage, entry: Entry): readonly Xattr[] => {
  if (isWhiteout(entry)) return withXattrs(entry.xattrs, WHITEOUT);
  const holdsWhiteouts =
    isDirectory(entry) &&
    tree.children(entry.index).some((index) => {
      const child = tree.entry(index);
      return child.link === null && isWhiteout(child);
    });
  if (!holdsWhiteouts) return entry.xattrs;
  return withXattrs(entry.xattrs, imageVersion === 1 ? [...WHITEOUTS, ...OPAQUE] : WHITEOUTS);
};

/** Finds the first listed path of each inode; directories have one path. */
const firstNamesOf = (): ((entry: Entry, path: ByteString) => ByteString) => {
  const firstNames = new Map<number, ByteString>();
  return (entry, path) => {
    if (isDirectory(entry)) return path;
    const inode = entry.link ?? entry.index;
    const first = firstNames.get(inode);
    if (first === undefined) firstNames.set(inode, path);
    return first ?? path;
  };
};

const fill = (described: DescribedImage, covers: Coverage, listing: Listing): void => {
  const { tree } = described;
  const firstNameOf = firstNamesOf();
  const add = (entry: Entry, path: ByteString): void => {
    const whiteout = isWhiteout(entry);
    const mode = whiteout ? (entry.mode & ~S_IFMT) | S_IFREG : entry.mode;
    const type = mode & S_IFMT;
    const sized = whiteout ? { ...entry, size: 0n } : entry;
    listing.add({
      path,
      mode,
      uid: entry.uid,
      gid: entry.gid,
      mtimeNs: entry.mtimeSec * NS_PER_SEC + BigInt(entry.mtimeNsec),
      rdev: deviceParts(entry.rdev),
      sizeBytes: sized.size,
      digest: type === S_IFREG && covers.contents ? contentsOf(tree, sized) : null,
      target: type === S_IFLNK ? entry.payload : null,
      firstName: firstNameOf(entry, path),
      xattrs: shownXattrs(described, entry),
    });
  };
  const listChildren = (directory: number, path: ByteString): void => {
    const children = tree.children(directory).map((index) => {
      const entry = tree.entry(index);
      return { index, name: entry.name, isDirectory: isDirectory(entry), link: entry.link };
    });
    for (const { child, descend } of inPathOrder(children)) {
      const at = joined(path, child.name);
      if (child.isDirectory && child.link !== null)
        throw new UserError('no mount can show a hard link to a directory', {
          code: 'skip',
          facts: [`path: ${show(at)}`],
        });
      if (descend) listChildren(child.index, at);
      else add(tree.entry(child.index), at);
    }
  };
  add(tree.entry(0), '/');
  listChildren(0, '/');
};

/** The expected listing. It is written to `listingPath` if that is given. */
export const expectedListing = (
  described: DescribedImage,
  options: Partial<Coverage> & { readonly listingPath?: string } = {},
): ListingSummary => {
  const covers = {
    contents: options.contents ?? true,
    selinux: options.selinux ?? setsSelinux(described.tree),
    trusted: options.trusted ?? true,
  };
  const fd = options.listingPath === undefined ? null : openSync(options.listingPath, 'w', 0o600);
  try {
    const listing = newListing(covers, (text) => {
      if (fd !== null) writeAll(fd, Buffer.from(text));
    });
    fill(described, covers, listing);
    return listing.finish();
  } finally {
    if (fd !== null) closeSync(fd);
  }
};
