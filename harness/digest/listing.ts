// The canonical text of a tree: one line per name, whole paths in byte order, and the SHA-256 of all lines. Pure.
//
// Columns, separated by tabs (byte strings are escaped, so no tab is inside one):
//   path type mode uid gid mtime rdev size contents target first-name key=value…
// Not listed, because correct backends may differ in them: size of directories, link counts, inode numbers, blocks, atime, ctime.
// An absent column is `-`.
import { createHash } from 'node:crypto';
import { type ByteString, compareBytes, show } from '../model/bytes.ts';
import { isDevice } from '../model/inode-type.ts';
import { seenThroughOverlay } from '../model/overlay-xattrs.ts';
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  type Xattr,
} from '../model/tree.ts';

/** One name as a reader of the mount sees it. */
export interface ListedEntry {
  /** Absolute, `/` for the root. */
  readonly path: ByteString;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  /** Used for char and block devices. */
  readonly rdev: { readonly major: number; readonly minor: number };
  /** Used for regular files. */
  readonly sizeBytes: bigint;
  /** fs-verity SHA-256 of a regular file's contents; null if contents are not read. */
  readonly digest: string | null;
  /** Of a symlink. */
  readonly target: ByteString | null;
  /** Path of the inode's first name in byte order. */
  readonly firstName: ByteString;
  readonly xattrs: readonly Xattr[];
}

/**
 * What a comparison of two listings covers. `metadata`: neither contents nor the whiteouts in the root of a composefs image, for a
 * mount of the bare manifest. `merged-inodes`: everything except which names share an inode, for backends that merge equal files.
 */
export type ProofLevel = 'contents' | 'metadata' | 'merged-inodes';

/** The scope of a listing; the expected and the seen listing must agree on it. */
export interface Coverage {
  readonly contents: boolean;
  /** `security.selinux`: only for images that set it, because a policy labels all files of other images. */
  readonly selinux: boolean;
  /** `trusted.*`: invisible outside the initial user namespace. */
  readonly trusted: boolean;
  /** The manifest is mounted without overlayfs: treat its private attributes as overlayfs would. */
  readonly bare?: boolean;
}

export interface ListingSummary {
  /** Covers everything listed. */
  readonly digest: string;
  /** Covers neither contents nor the whiteouts in the root of a composefs image. */
  readonly metadataDigest: string;
  /** Does not cover which names share an inode. */
  readonly mergedDigest: string;
  readonly entryCount: number;
  readonly fileCount: number;
  readonly directoryCount: number;
  readonly symlinkCount: number;
  /** Sizes of regular files, hard links once. */
  readonly fileBytes: number;
}

const TYPES: Readonly<Record<number, string>> = {
  [S_IFREG]: 'file',
  [S_IFDIR]: 'directory',
  [S_IFLNK]: 'symlink',
  [S_IFCHR]: 'char',
  [S_IFBLK]: 'block',
  [S_IFIFO]: 'fifo',
  [S_IFSOCK]: 'socket',
};

const NS_PER_SEC = 1_000_000_000n;
const LINES_PER_CHUNK = 256;

const timeText = (ns: bigint): string => {
  const rest = ((ns % NS_PER_SEC) + NS_PER_SEC) % NS_PER_SEC;
  return `${(ns - rest) / NS_PER_SEC}.${String(rest).padStart(9, '0')}`;
};

// A raw `=` would end the key.
const showKey = (key: ByteString): string => show(key).replaceAll('=', '\\x3d');

/** Whether the kernel lets a process read this attribute: `user.*` exists only on files and directories. */
const isReadable = (type: number, key: ByteString): boolean =>
  !key.startsWith('user.') || type === S_IFREG || type === S_IFDIR;

const isStoreWhiteout = (listed: ListedEntry): boolean =>
  (listed.mode & S_IFMT) === S_IFCHR &&
  listed.rdev.major === 0 &&
  listed.rdev.minor === 0 &&
  /^\/[0-9a-f]{2}$/.test(listed.path);

/** The line in four parts: the columns before the contents, the link target, the inode's first name, the attributes. */
const partsOf = (listed: ListedEntry, covers: Coverage): readonly [string, string, string, string] => {
  const type = listed.mode & S_IFMT;
  const head = [
    show(listed.path),
    TYPES[type] ?? `type ${type.toString(8)}`,
    (listed.mode & 0o7777).toString(8).padStart(4, '0'),
    listed.uid,
    listed.gid,
    timeText(listed.mtimeNs),
    isDevice(listed) ? `${listed.rdev.major}:${listed.rdev.minor}` : '-',
    type === S_IFREG ? listed.sizeBytes : '-',
  ].join('\t');
  const target = listed.target === null ? '-' : show(listed.target);
  const first = listed.firstName === listed.path ? '-' : show(listed.firstName);
  let attributes = '';
  const shown = covers.bare === true ? seenThroughOverlay(listed.xattrs) : listed.xattrs;
  const xattrs = shown.length > 1 ? [...shown].sort((a, b) => compareBytes(a[0], b[0])) : shown;
  for (const [key, value] of xattrs)
    if (
      isReadable(type, key) &&
      (covers.trusted || !key.startsWith('trusted.')) &&
      (covers.selinux || key !== 'security.selinux')
    )
      attributes += `\t${showKey(key)}=${show(value)}`;
  return [head, target, first, attributes];
};

export type TreeDigests = Pick<ListingSummary, 'digest' | 'metadataDigest' | 'mergedDigest'>;

export const digestAt = ({ digest, metadataDigest, mergedDigest }: TreeDigests, level: ProofLevel): string =>
  ({ contents: digest, metadata: metadataDigest, 'merged-inodes': mergedDigest })[level];

export interface Listing {
  /** Entries must come in byte order of their whole paths. */
  add(listed: ListedEntry): void;
  finish(): ListingSummary;
}

/** Calls `write` with many whole lines at a time. */
export const newListing = (covers: Coverage, write: (text: string) => void): Listing => {
  const full = createHash('sha256');
  const metadata = createHash('sha256');
  const merged = createHash('sha256');
  let lines = '';
  let metadataLines = '';
  let mergedLines = '';
  let pending = 0;
  const counts = { entryCount: 0, fileCount: 0, directoryCount: 0, symlinkCount: 0, fileBytes: 0 };
  const flush = () => {
    full.update(lines);
    metadata.update(metadataLines);
    merged.update(mergedLines);
    write(lines);
    lines = '';
    metadataLines = '';
    mergedLines = '';
    pending = 0;
  };
  return {
    add(listed) {
      const type = listed.mode & S_IFMT;
      const [head, target, first, attributes] = partsOf(listed, covers);
      const contents = covers.contents && listed.digest !== null ? listed.digest : '-';
      lines += `${head}\t${contents}\t${target}\t${first}${attributes}\n`;
      if (!isStoreWhiteout(listed)) metadataLines += `${head}\t-\t${target}\t${first}${attributes}\n`;
      mergedLines += `${head}\t${contents}\t${target}\t-${attributes}\n`;
      counts.entryCount++;
      if (type === S_IFDIR) counts.directoryCount++;
      if (type === S_IFLNK) counts.symlinkCount++;
      if (type === S_IFREG) {
        counts.fileCount++;
        if (listed.firstName === listed.path) counts.fileBytes += Number(listed.sizeBytes);
      }
      if (++pending === LINES_PER_CHUNK) flush();
    },
    finish() {
      flush();
      return {
        digest: full.digest('hex'),
        metadataDigest: metadata.digest('hex'),
        mergedDigest: merged.digest('hex'),
        ...counts,
      };
    },
  };
};

interface PathStep<T> {
  readonly key: ByteString;
  readonly child: T;
  readonly descend: boolean;
}

/**
 * Orders the names of one directory so that whole paths come in byte order. Paths in `a` begin with `a/`, so a sibling `a.b`
 * sorts between `a` and its contents: a directory gives two steps, its own line and the descent.
 */
export const inPathOrder = <T extends { readonly name: ByteString; readonly isDirectory: boolean }>(
  children: readonly T[],
): PathStep<T>[] => {
  const steps: PathStep<T>[] = [];
  for (const child of children) {
    steps.push({ key: child.name, child, descend: false });
    if (child.isDirectory) steps.push({ key: `${child.name}/`, child, descend: true });
  }
  return steps.sort((a, b) => compareBytes(a.key, b.key));
};
