// Builds a layer's tree from the members of its tar, with the result of unpacking: later members win, a whiteout becomes a char
// device 0:0, an opaque marker becomes an attribute of its directory.
//
// Source: OCI image specification, "Image Layer Filesystem Changeset".
import { type ByteString, copyOf, show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { isDirectory, isWhiteout } from '../model/inode-type.ts';
import { checkTreeSize, checkXattrs } from '../model/input-limits.ts';
import { hasOpaqueMark, OPAQUE_KEY, withoutOpaqueMark } from '../model/overlay-xattrs.ts';
import { S_IFCHR, S_IFLNK, S_IFMT, type Xattr } from '../model/tree.ts';
import {
  type FileInode,
  inodeOf,
  type LayerNode,
  type LayerReading,
  NOWHERE,
  type ReadLayer,
  treeOfNodes,
} from './layer-node.ts';
import { findBelow, impliedInode, type LowerDirectory } from './lower-directories.ts';
import type { ReadMember } from './tar-reader.ts';

const NAME_MAX = 255;
const PATH_MAX = 4096;
const WHITEOUT = '.wh.';
const OPAQUE_MARKER = '.wh..wh..opq';
/** Other names with this prefix are private to aufs: they are not shown, and files below them are only targets of hard links. */
const AUFS = '.wh..wh.';
const OPAQUE: Xattr = [OPAQUE_KEY, 'y'];

/** As many as the kernel follows. */
const SYMLINKS_MAX = 40;

/** Of paths inside symlinks that one path leads through. Symlinks with targets of thousands of names would take hours. */
const FOLLOWED_MAX = 512;
/** Memory of one part of a sparse file. */
const SEGMENT_BYTES = 48;

interface Step {
  readonly name: ByteString;
  readonly node: LayerNode;
}

/** Of a symlink; null for other entries. */
const targetOf = ({ inode }: LayerNode): ByteString | null =>
  (inode.mode & S_IFMT) === S_IFLNK ? inode.payload : null;

const isPrivate = (directories: readonly ByteString[]): boolean =>
  directories.some((part) => part.startsWith(AUFS));

/** Whether a directory in place of an earlier entry of its layer shows nothing of `lower`. */
const hidesLower = ({ inode, children }: LayerNode, lower: LowerDirectory | undefined): boolean =>
  isWhiteout(inode) || hasOpaqueMark(inode.xattrs) || (children === null && lower !== undefined);

class LayerBuilder {
  readonly #reading: LayerReading;
  readonly #root: LayerNode;
  /** Files below names that are private to aufs, by path. */
  readonly #private = new Map<ByteString, LayerNode>();

  constructor(reading: LayerReading) {
    this.#reading = reading;
    this.#root = this.#impliedDirectory(reading.below);
  }

  add(member: ReadMember): void {
    const parts = this.#parts(member.path, member);
    const name = parts.pop();
    if (name === undefined) {
      if (member.type !== 'directory') this.#refuse('the root is not a directory', member);
      const isOpaque = hasOpaqueMark(this.#root.inode.xattrs);
      this.#root.inode = this.#inode(member);
      if (isOpaque || hasOpaqueMark(this.#root.inode.xattrs)) this.#hide(this.#root);
      return;
    }
    if (isPrivate(parts)) {
      this.#keepPrivate([...parts, name], member);
      return;
    }
    const parent = this.#directory(parts, member);
    if (name === OPAQUE_MARKER) {
      if (!hasOpaqueMark(parent.inode.xattrs)) this.#hide(parent);
    } else if (name.startsWith(AUFS)) return;
    else if (name.startsWith(WHITEOUT)) this.#whiteout(parent, name.slice(WHITEOUT.length), member);
    else this.#place(parent, name, member);
  }

  finish(): ReadLayer {
    return treeOfNodes(this.#root);
  }

  #refuse(rule: string, member: ReadMember): never {
    throw new UserError(`bad layer: ${rule}`, {
      code: 'bad-layer',
      facts: [`layer: ${this.#reading.title}`, `entry: ${show(member.path)}`],
    });
  }

  /** Components below the root. `..` stops at the root, and takes back the name before it, as umoci and containerd resolve it. */
  #parts(path: ByteString, member: ReadMember): ByteString[] {
    if (path.includes('\0')) this.#refuse('a path has a NUL byte', member);
    if (path.length > PATH_MAX) this.#refuse(`a path has more than ${PATH_MAX} bytes`, member);
    const parts: ByteString[] = [];
    for (const part of path.split('/'))
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    for (const part of parts) {
      if (part.length > NAME_MAX) this.#refuse(`a name has more than ${NAME_MAX} bytes`, member);
    }
    return parts;
  }

  /** Makes a directory opaque: lower layers show nothing below it any more, also to hard links of this layer. */
  #hide(directory: LayerNode): void {
    const { inode } = directory;
    inode.xattrs = [...withoutOpaqueMark(inode.xattrs), OPAQUE];
    const pending = [directory];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      // Without a lower directory there is none below its entries.
      if (node.below === undefined) continue;
      node.below = undefined;
      for (const child of node.children!.values()) if (child.children !== null) pending.push(child);
    }
  }

  #impliedDirectory(below: LowerDirectory | undefined): LayerNode {
    return { inode: { ...impliedInode(below) }, at: NOWHERE, children: new Map(), below };
  }

  /** Counts a new name, and throws if the layers become too large with it. */
  #count(name: ByteString, node: LayerNode, member: ReadMember): void {
    const { size, title } = this.#reading;
    const { inode } = node;
    size.entries++;
    size.textBytes += name.length + (inode.payload?.length ?? 0) + (inode.content?.length ?? 0);
    for (const [key, value] of inode.xattrs) size.textBytes += key.length + value.length;
    size.textBytes += SEGMENT_BYTES * (node.at.segments?.length ?? 0);
    checkTreeSize(size.entries, size.textBytes, () => [`layer: ${title}`, `entry: ${show(member.path)}`]);
  }

  #set(parent: LayerNode, name: ByteString, node: LayerNode, member: ReadMember): void {
    this.#count(name, node, member);
    parent.children!.set(copyOf(name), node);
  }

  #keepPrivate(parts: readonly ByteString[], member: ReadMember): void {
    if (member.type === 'directory') return;
    const path = parts.join('/');
    const node = member.type === 'link' ? this.#target(member) : this.#node(member);
    this.#count(path, node, member);
    this.#private.set(path, node);
  }

  /**
   * The directory at a path, with missing ones added. Symlinks of this layer are followed inside the root, as in a container; those
   * of lower layers are not, because the kernel's overlay shows a directory of this layer in their place.
   */
  #directory(parts: readonly ByteString[], member: ReadMember): LayerNode {
    const trail: Step[] = [{ name: '', node: this.#root }];
    const pending = [...parts].reverse();
    let followed = 0;
    let followedParts = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const { node } = trail.at(-1)!;
      const child = node.children!.get(part);
      const target = child === undefined ? null : targetOf(child);
      if (target === null) {
        trail.push({ name: part, node: this.#entered(trail, part, member) });
        continue;
      }
      const more = target.split('/').reverse();
      followedParts += more.length;
      if (++followed > SYMLINKS_MAX || followedParts > FOLLOWED_MAX)
        this.#refuse('a path has too many symlinks', member);
      if (target.startsWith('/')) trail.length = 1;
      pending.push(...more);
    }
    return trail.at(-1)!.node;
  }

  /** The directory `name` inside the last one of the trail. */
  #entered(trail: readonly Step[], name: ByteString, member: ReadMember): LayerNode {
    const { node } = trail.at(-1)!;
    const child = node.children!.get(name);
    if (child === undefined || isWhiteout(child.inode)) {
      if (name.length > NAME_MAX) this.#refuse(`a name has more than ${NAME_MAX} bytes`, member);
      const implied = this.#impliedDirectory(
        child === undefined ? node.below?.children?.get(name) : undefined,
      );
      if (child !== undefined) this.#hide(implied);
      this.#set(node, name, implied, member);
      return implied;
    }
    if (child.children !== null) return child;
    const path = [...trail.map((step) => step.name), name].join('/');
    return this.#refuse(`${show(path)} has entries but is not a directory`, member);
  }

  /** Hides the name in lower layers. An entry of this layer under the name stays, as an opaque one if it is a directory. */
  #whiteout(parent: LayerNode, name: ByteString, member: ReadMember): void {
    if (name === '' || name === '.' || name === '..') this.#refuse('a whiteout has no name to hide', member);
    const own = parent.children!.get(name);
    if (own === undefined) {
      const inode: FileInode = {
        ...this.#inode({ ...member, type: 'char', major: 0, minor: 0 }),
        mode: S_IFCHR,
      };
      this.#set(parent, name, { inode, at: NOWHERE, children: null, below: undefined }, member);
    } else if (own.children !== null && !hasOpaqueMark(own.inode.xattrs)) this.#hide(own);
  }

  #place(parent: LayerNode, name: ByteString, member: ReadMember): void {
    const before = parent.children!.get(name);
    if (member.type === 'link') {
      const target = this.#target(member);
      if (target !== before) this.#set(parent, name, target, member);
      return;
    }
    const node = this.#node(member);
    if (member.type === 'directory') {
      node.children = before?.children ?? new Map();
      const lower = parent.below?.children?.get(name);
      const wasOpaque = before !== undefined && hidesLower(before, lower);
      // Hidden already: a walk for each time that a directory is listed would take hours.
      node.below = wasOpaque ? undefined : lower;
      if (wasOpaque || hasOpaqueMark(node.inode.xattrs)) this.#hide(node);
    }
    this.#set(parent, name, node, member);
  }

  /** Of a member that is not a hard link. */
  #node(member: ReadMember): LayerNode {
    const { type, offset, sizeBytes, segments } = member;
    if (segments !== undefined)
      this.#reading.addBytes(segments.reduce((holes, { bytes }) => holes - bytes, sizeBytes));
    const inode = this.#inode(member);
    const parts = segments === undefined ? {} : { segments };
    const at = type === 'file' ? { offset, sizeBytes, ...parts } : NOWHERE;
    return { inode, at, children: null, below: undefined };
  }

  /** The file that a hard link names: of this layer, or a copy of a lower layer's, as link(2) on an overlay makes it. */
  #target(member: ReadMember): LayerNode {
    const parts = this.#parts(member.link, member);
    const name = parts.pop();
    const missing = (): never =>
      this.#refuse(`the target of a hard link does not exist: ${show(member.link)}`, member);
    if (name === undefined) return this.#refuse('the target of a hard link is a directory', member);
    if (isPrivate(parts)) return this.#private.get([...parts, name].join('/')) ?? missing();
    const parent = this.#directory(parts, member);
    const own = parent.children!.get(name);
    if (own === undefined) return this.#copyUp(parent, name, member) ?? missing();
    if (isWhiteout(own.inode)) return missing();
    if (own.children !== null) return this.#refuse('the target of a hard link is a directory', member);
    return own;
  }

  /** Undefined if lower layers have no such file. */
  #copyUp(parent: LayerNode, name: ByteString, member: ReadMember): LayerNode | undefined {
    const lower = findBelow(parent.below, name);
    if (lower === undefined) return undefined;
    const inode: FileInode = { ...lower.tree.entry(lower.index), nlink: 1 };
    if (isDirectory(inode)) this.#refuse('the target of a hard link is a directory', member);
    const at = this.#reading.contentsBelow(lower.tree, lower.index);
    this.#reading.addBytes(at.sizeBytes);
    const node: LayerNode = { inode, at, children: null, below: undefined };
    this.#set(parent, name, node, member);
    return node;
  }

  #inode(member: ReadMember): FileInode {
    checkXattrs(member.xattrs, () => [`layer: ${this.#reading.title}`, `entry: ${show(member.path)}`]);
    return inodeOf(member, this.#reading, (rule) => this.#refuse(rule, member));
  }
}

export const readLayer = (members: Iterable<ReadMember>, reading: LayerReading): ReadLayer => {
  const builder = new LayerBuilder(reading);
  for (const member of members) builder.add(member);
  return builder.finish();
};
