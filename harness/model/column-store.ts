// The entries of a tree in columns: one typed array per field, so that a million entries stay small. Equal combinations of mode,
// owner and attributes are stored once.
import { type ByteString, copyOf } from './bytes.ts';
import { Pool, withRoom } from './growing.ts';
import { checkXattrs } from './input-limits.ts';
import { DigestTable } from './interned.ts';
import { ABSENT, Payloads } from './payloads.ts';
import type { Inode, Xattr } from './tree.ts';

/** The fields in which many inodes agree. */
export interface InodeClass {
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly xattrs: readonly Xattr[];
}

const LINK = 0x80000000;
const FIRST_ROOM = 256;

/** Distinct attributes, and distinct lists of them. A list is found by the ids of its attributes, not by their text. */
class InternedXattrs {
  /** Bytes of all distinct attributes. */
  bytes = 0;
  readonly #ids = new Map<ByteString, Map<ByteString, number>>();
  readonly #xattrs: Xattr[] = [];
  readonly #listByIds = new Map<string, number>([['', 0]]);
  readonly #listByIdentity = new WeakMap<readonly Xattr[], number>();
  readonly #lists: (readonly Xattr[])[] = [[]];

  #idOf([name, value]: Xattr): number {
    const values = this.#ids.get(name);
    const known = values?.get(value);
    if (known !== undefined) return known;
    const own: Xattr = [copyOf(name), copyOf(value)];
    const id = this.#xattrs.push(own) - 1;
    this.bytes += name.length + value.length;
    if (values === undefined) this.#ids.set(own[0], new Map([[own[1], id]]));
    else values.set(own[1], id);
    return id;
  }

  of(xattrs: readonly Xattr[]): number {
    if (xattrs.length === 0) return 0;
    const known = this.#listByIdentity.get(xattrs);
    if (known !== undefined) return known;
    checkXattrs(xattrs);
    const ids = xattrs.map((xattr) => this.#idOf(xattr));
    const key = ids.join(' ');
    let list = this.#listByIds.get(key);
    if (list === undefined) {
      list = this.#lists.push(ids.map((id) => this.#xattrs[id]!)) - 1;
      this.#listByIds.set(key, list);
    }
    this.#listByIdentity.set(xattrs, list);
    return list;
  }

  list(id: number): readonly Xattr[] {
    return this.#lists[id]!;
  }
}

class Classes {
  readonly list: InodeClass[] = [];
  readonly xattrs = new InternedXattrs();
  readonly #byKey = new Map<string, number>();
  #last = -1;
  #lastXattrs: readonly Xattr[] = [];

  of(inode: InodeClass): number {
    const { mode, nlink, uid, gid, rdev, xattrs } = inode;
    const last = this.list[this.#last];
    if (
      last !== undefined &&
      last.mode === mode &&
      last.nlink === nlink &&
      last.uid === uid &&
      last.gid === gid &&
      last.rdev === rdev &&
      (this.#lastXattrs === xattrs || (xattrs.length === 0 && last.xattrs.length === 0))
    )
      return this.#last;
    const list = this.xattrs.of(xattrs);
    const key = `${mode} ${nlink} ${uid} ${gid} ${rdev} ${list}`;
    let found = this.#byKey.get(key);
    if (found === undefined) {
      found = this.list.push({ mode, nlink, uid, gid, rdev, xattrs: this.xattrs.list(list) }) - 1;
      this.#byKey.set(key, found);
    }
    this.#last = found;
    this.#lastXattrs = xattrs;
    return found;
  }
}

export class Columns {
  count = 0;
  parent = new Int32Array(FIRST_ROOM);
  nameAt = new Uint32Array(FIRST_ROOM);
  /** Index of the inode's class; for a hard link its target with the LINK bit set. */
  inode = new Uint32Array(FIRST_ROOM);
  size = new BigUint64Array(FIRST_ROOM);
  mtimeSec = new BigInt64Array(FIRST_ROOM);
  mtimeNsec = new Uint32Array(FIRST_ROOM);
  payload = new Uint32Array(FIRST_ROOM);
  digest = new Uint32Array(FIRST_ROOM);
  /** Addresses of inline contents by entry; few files have any. */
  readonly contents: Map<number, number>;
  readonly names: Pool;
  readonly digests: DigestTable;
  readonly payloads: Payloads;
  readonly #classes: Classes;

  /** With `from`: a copy whose objects can be replaced. */
  constructor(from?: Columns) {
    this.contents = from?.contents ?? new Map();
    this.names = from?.names ?? new Pool();
    this.digests = from?.digests ?? new DigestTable();
    this.payloads = from?.payloads ?? new Payloads(this.digests);
    this.#classes = from === undefined ? new Classes() : from.#classes;
    if (from === undefined) return;
    this.count = from.count;
    this.parent = from.parent;
    this.nameAt = from.nameAt;
    this.inode = from.inode;
    this.size = from.size;
    this.mtimeSec = from.mtimeSec;
    this.mtimeNsec = from.mtimeNsec;
    this.payload = from.payload.slice();
    this.digest = from.digest.slice();
  }

  get classes(): readonly InodeClass[] {
    return this.#classes.list;
  }

  /** Bytes of names, contents, link targets and distinct attributes. */
  get textBytes(): number {
    return this.names.bytes + this.payloads.textBytes + this.#classes.xattrs.bytes;
  }

  #reserve(): void {
    const wanted = this.count + 1;
    if (wanted <= this.parent.length) return;
    this.parent = withRoom(this.parent, wanted);
    this.nameAt = withRoom(this.nameAt, wanted);
    this.inode = withRoom(this.inode, wanted);
    this.size = withRoom(this.size, wanted);
    this.mtimeSec = withRoom(this.mtimeSec, wanted);
    this.mtimeNsec = withRoom(this.mtimeNsec, wanted);
    this.payload = withRoom(this.payload, wanted);
    this.digest = withRoom(this.digest, wanted);
  }

  #add(parent: number, name: ByteString): number {
    this.#reserve();
    const index = this.count++;
    this.parent[index] = parent;
    this.nameAt[index] = this.names.add(name);
    return index;
  }

  add(parent: number, name: ByteString, inode: Inode): number {
    const index = this.#add(parent, name);
    this.inode[index] = this.#classes.of(inode);
    this.size[index] = inode.size;
    this.mtimeSec[index] = inode.mtimeSec;
    this.mtimeNsec[index] = inode.mtimeNsec;
    this.setObject(index, inode.payload, inode.digest);
    if (inode.content !== null) this.contents.set(index, this.names.add(inode.content));
    return index;
  }

  /** A hard link; `setLink` sets its target later. */
  addLink(parent: number, name: ByteString): number {
    const index = this.#add(parent, name);
    this.setLink(index, index);
    return index;
  }

  setLink(index: number, target: number): void {
    this.inode[index] = (LINK | target) >>> 0;
  }

  setNlink(index: number, nlink: number): void {
    this.inode[index] = this.#classes.of({ ...this.classOf(index), nlink });
  }

  setObject(index: number, payload: ByteString | null, digest: ByteString | null): void {
    this.payload[index] = payload === null ? ABSENT : this.payloads.intern(payload);
    this.digest[index] = digest === null ? ABSENT : this.digests.intern(digest.toLowerCase(), false);
  }

  isLink(index: number): boolean {
    return this.inode[index]! >= LINK;
  }

  /** The entry with the inode: the target of a hard link, else the entry itself. */
  carrier(index: number): number {
    const inode = this.inode[index]!;
    return inode >= LINK ? inode - LINK : index;
  }

  /** Not for hard links. */
  classOf(index: number): InodeClass {
    return this.#classes.list[this.inode[index]!]!;
  }

  name(index: number): ByteString {
    return this.names.text(this.nameAt[index]!);
  }

  payloadText(index: number): ByteString | null {
    const payload = this.payload[index]!;
    return payload === ABSENT ? null : this.payloads.text(payload);
  }

  digestText(index: number): ByteString | null {
    const digest = this.digest[index]!;
    return digest === ABSENT ? null : this.digests.hex(digest);
  }

  content(index: number): ByteString | null {
    const at = this.contents.get(index);
    return at === undefined ? null : this.names.text(at);
  }

  path(index: number): ByteString {
    let path = '';
    for (let at = index; at > 0; at = this.parent[at]!) path = `/${this.name(at)}${path}`;
    return path === '' ? '/' : path;
  }
}
