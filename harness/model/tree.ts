// A file system tree as data: the metadata of an image without the contents of its files.
//
// A million entries must fit in memory: implementations keep columns and make an `Entry` on demand. Do not keep many entries.
import type { ByteString } from './bytes.ts';

export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFBLK = 0o060000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFSOCK = 0o140000;

export type Xattr = readonly [key: ByteString, value: ByteString];

/** The fields of an inode, in the ranges of the composefs dump text. */
export interface Inode {
  /** 16 bits: type and permissions. */
  readonly mode: number;
  /** Link count as described, 32 bits. Code that needs the count of a directory recomputes it. */
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  /** 32 bits as in dump text; meaningful for char and block devices only. */
  readonly rdev: number;
  /** Bytes, unsigned 64 bits. For a symlink the length of its target. */
  readonly size: bigint;
  /** Signed 64 bits. */
  readonly mtimeSec: bigint;
  readonly mtimeNsec: number;
  /** Symlink target; for a regular file the path of its object below the object store. Null if absent. */
  readonly payload: ByteString | null;
  /** The bytes of a small regular file kept inside the image. Null if absent. */
  readonly content: ByteString | null;
  /** fs-verity SHA-256 of the contents, 64 hex digits. Null if absent. */
  readonly digest: ByteString | null;
  /** In the order given; keys are unique. */
  readonly xattrs: readonly Xattr[];
}

/** A directory of root without attributes. */
export const PLAIN_DIRECTORY: Inode = {
  mode: S_IFDIR | 0o755,
  nlink: 2,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0n,
  mtimeSec: 0n,
  mtimeNsec: 0,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
};

/** One name in the tree. For a hard link, `link` is the index of the entry that carries the inode. */
export interface Entry extends Inode {
  readonly index: number;
  /** Index of the directory that holds it; -1 for the root. */
  readonly parent: number;
  /** Last component; empty for the root. */
  readonly name: ByteString;
  /** Null, or the index of the entry whose inode this name shares; the inode fields are then the target's. */
  readonly link: number | null;
}

export interface Tree {
  /** Names, hard links and the root included. Indexes run from 0 (the root) to count - 1, parents before children. */
  readonly count: number;
  entry(index: number): Entry;
  /** Indexes of a directory's entries, sorted by name in byte order; empty for anything else. */
  children(index: number): readonly number[];
  /** Index of the entry with this name in a directory, or undefined. */
  child(index: number, name: ByteString): number | undefined;
  /** Absolute, `/` for the root. */
  path(index: number): ByteString;
  /** Index of the entry at an absolute path, or undefined. */
  find(path: ByteString): number | undefined;
  /**
   * The same tree with other objects. `choose` is called for every regular file of size > 0 without inline content that is not a
   * hard link; its result replaces payload and digest.
   */
  withObjects(choose: (entry: Entry) => { payload: ByteString; digest: ByteString }): Tree;
}

/**
 * Builds a tree entry by entry, parents first. The builder checks structure only (unique names, directory parents, links
 * that resolve, no cycles); the dump reader checks the fields of its lines. Errors are `UserError`s.
 */
export interface TreeBuilder {
  /** Returns the new entry's index. The root is added first, with parent -1 and an empty name. */
  add(parent: number, name: ByteString, inode: Inode): number;
  /** A second name for `target`: an entry's index, or an absolute or relative path that may be added later. */
  addLink(parent: number, name: ByteString, target: ByteString | number): number;
  /** Replaces an entry's link count, which a source knows only at the end. */
  setNlink(index: number, nlink: number): void;
  /** Index of the child called `name`, or undefined. */
  child(parent: number, name: ByteString): number | undefined;
  /** Resolves links and sorts. The builder must not be used afterwards. */
  finish(): Tree;
}
