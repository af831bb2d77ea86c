// The inodes of an image in the order in which they are written. An id below the number of entries is an entry of the tree; higher
// ids are the whiteouts that hide the object store's folders in the root.
import { show } from '../model/bytes.ts';
import type { ColumnTree } from '../model/column-tree.ts';
import { UserError } from '../model/errors.ts';
import { isWhiteout } from '../model/inode-type.ts';
import { ABSENT } from '../model/payloads.ts';
import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../model/tree.ts';
import { chunkCount } from './chunks.ts';
import { DirectoryNames } from './directory-names.ts';
import { type XattrSet, XattrSets } from './xattr-sets.ts';

const STORE_MODE = S_IFCHR | 0o644;
const MAX_TARGET_BYTES = 4095;
const TYPE_SHIFT = 12;
const TYPE_BITS = 0x0f;
const DIRECTORY = S_IFDIR >> TYPE_SHIFT;
const HOLDS_WHITEOUTS = 0x20;
const WHITEOUT = 0x40;
/** A file whose contents are an object. */
const CHUNKED = 0x80;

export const hasWhiteout = ({ columns }: ColumnTree): boolean => {
  for (let id = 0; id < columns.count; id++)
    if (!columns.isLink(id) && isWhiteout(columns.classOf(id))) return true;
  return false;
};

export class Inodes {
  readonly tree: ColumnTree;
  readonly sets: XattrSets;
  readonly names: DirectoryNames;
  /** Number of ids, hard links included. */
  readonly idCount: number;
  /** Ids by inode number: breadth first. */
  readonly order: Uint32Array;
  readonly minSec: bigint;
  readonly minNsec: number;
  readonly #entryCount: number;
  /** By id: the file type of the mode in the low four bits, and the flags above. */
  readonly #kinds: Uint8Array;

  constructor(tree: ColumnTree, version: 0 | 1, hidesStore = true) {
    this.tree = tree;
    this.sets = new XattrSets(version);
    this.#entryCount = tree.count;
    this.names = new DirectoryNames(tree, hidesStore);
    this.idCount = tree.count + this.names.storeNameCount;
    this.#kinds = new Uint8Array(this.idCount).fill(STORE_MODE >> TYPE_SHIFT);
    const { columns } = tree;
    let carriers = 0;
    let [minSec, minNsec] = [columns.mtimeSec[0]!, columns.mtimeNsec[0]!];
    for (let id = 0; id < columns.count; id++) {
      if (columns.isLink(id)) continue;
      carriers++;
      this.#kinds[id] = this.#kindOf(id);
      const sec = columns.mtimeSec[id]!;
      const nsec = columns.mtimeNsec[id]!;
      if (sec < minSec || (sec === minSec && nsec < minNsec)) [minSec, minNsec] = [sec, nsec];
    }
    for (let id = 1; id < columns.count; id++)
      if ((this.#kinds[id]! & WHITEOUT) !== 0) this.#kinds[columns.parent[id]!]! |= HOLDS_WHITEOUTS;
    this.minSec = minSec;
    this.minNsec = minNsec;
    this.order = new Uint32Array(carriers + this.names.storeNameCount);
    this.#numberInodes();
  }

  #kindOf(id: number): number {
    const { columns } = this.tree;
    const inode = columns.classOf(id);
    const type = inode.mode & S_IFMT;
    if (isWhiteout(inode)) return (S_IFREG >> TYPE_SHIFT) | WHITEOUT;
    if (type === S_IFLNK) this.#checkTarget(id);
    if (type !== S_IFREG || columns.size[id] === 0n || this.#storedBytes(id) > 0) return type >> TYPE_SHIFT;
    if (chunkCount(columns.size[id]!) === null)
      throw this.#refused(id, 'a file is too large for the format', [
        `size: ${columns.size[id]} bytes`,
        'largest: 2^53 bytes',
      ]);
    return (S_IFREG >> TYPE_SHIFT) | CHUNKED;
  }

  #checkTarget(id: number): void {
    const length = this.targetBytes(id);
    if (length === 0 || length > MAX_TARGET_BYTES)
      throw this.#refused(id, `the target of a symlink is not 1 to ${MAX_TARGET_BYTES} bytes`, [
        `target: ${length} bytes`,
      ]);
  }

  #refused(id: number, rule: string, facts: readonly string[]): UserError {
    return new UserError(rule, {
      code: 'not-writable',
      facts: [`path: ${show(this.tree.path(id))}`, ...facts],
    });
  }

  #numberInodes(): void {
    const { first, order } = this.tree.lists;
    const { columns } = this.tree;
    let count = 1;
    for (let at = 0; at < count; at++) {
      const id = this.order[at]!;
      if (id === 0) {
        for (const child of this.names.of(0))
          if (child >= this.#entryCount || (child >= 0 && !columns.isLink(child)))
            this.order[count++] = child;
      } else if (id < this.#entryCount)
        for (let i = first[id]!; i < first[id + 1]!; i++)
          if (!columns.isLink(order[i]!)) this.order[count++] = order[i]!;
    }
  }

  mode(id: number): number {
    if (id >= this.#entryCount) return STORE_MODE;
    return (this.tree.columns.classOf(id).mode & ~S_IFMT) | this.type(id);
  }

  type(id: number): number {
    return (this.#kinds[id]! & TYPE_BITS) << TYPE_SHIFT;
  }

  rdev(id: number): number {
    return id >= this.#entryCount ? 0 : this.tree.columns.classOf(id).rdev;
  }

  nlink(id: number): number {
    if (id >= this.#entryCount) return 1;
    if ((this.#kinds[id]! & TYPE_BITS) !== DIRECTORY) return this.tree.columns.classOf(id).nlink;
    const { first, order } = this.tree.lists;
    let count = 2;
    // Hard links have no kind and are not counted.
    for (let i = first[id]!, end = first[id + 1]!; i < end; i++)
      if ((this.#kinds[order[i]!]! & TYPE_BITS) === DIRECTORY) count++;
    return count;
  }

  /** The entry from which an id takes owner and mtime. */
  owner(id: number): number {
    return id >= this.#entryCount ? 0 : id;
  }

  hasAcl(): boolean {
    for (const set of this.sets.all()) if (set.hasAcl) return true;
    return false;
  }

  /** Decides the inode's form even if it is not stored. A whiteout becomes an empty file. */
  size(id: number): bigint {
    return id >= this.#entryCount || (this.#kinds[id]! & WHITEOUT) !== 0 ? 0n : this.tree.columns.size[id]!;
  }

  #storedBytes(id: number): number {
    const at = this.tree.columns.contents.get(id);
    return at === undefined ? 0 : this.tree.columns.names.length(at);
  }

  contentBytes(id: number): number {
    return this.type(id) === S_IFREG && (this.#kinds[id]! & (CHUNKED | WHITEOUT)) === 0
      ? this.#storedBytes(id)
      : 0;
  }

  isChunked(id: number): boolean {
    return (this.#kinds[id]! & CHUNKED) !== 0;
  }

  targetBytes(id: number): number {
    const { columns } = this.tree;
    const payload = columns.payload[id]!;
    return payload === ABSENT ? 0 : columns.payloads.length(payload);
  }

  set(id: number): XattrSet {
    const { columns } = this.tree;
    if (id >= this.#entryCount) return this.sets.ofStoreName(columns.classOf(0));
    const inode = columns.classOf(id);
    const kind = this.#kinds[id]!;
    const mark =
      (kind & HOLDS_WHITEOUTS) !== 0 ? 'holds whiteouts' : (kind & WHITEOUT) !== 0 ? 'whiteout' : 'none';
    if (id === 0) return this.sets.ofRoot(inode, mark);
    return this.sets.of(columns.inode[id]!, inode, mark, () => show(this.tree.path(id)));
  }
}
