// The nodes from which a layer's tree is built. Names of one inode share one node.
import type { ByteString } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { FilePart, FilePlace } from '../model/image.ts';
import {
  type Inode,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  type Tree,
  type Xattr,
} from '../model/tree.ts';
import { isInline, objectOf, secondsAndNanoseconds } from './inode.ts';
import type { LowerDirectory } from './lower-directories.ts';
import type { MemberType, ReadMember } from './tar-reader.ts';

const TARGET_MAX = 4095;

/** Where a file's contents are: in the layer's archive unless a file is given. */
export type LayerContents = Omit<FilePart, 'file'> & { readonly file?: FilePlace };

export interface ReadLayer {
  readonly tree: Tree;
  contents(index: number): LayerContents;
}

export interface LayerReading {
  readonly title: string;
  /** Bytes of small contents. */
  read(at: LayerContents): ByteString;
  /** Digest of large contents. */
  digest(at: LayerContents): string;
  /** The root of the layers below. */
  readonly below: LowerDirectory | undefined;
  /** Contents of a file of a lower layer; `file` is given. */
  contentsBelow(tree: Tree, index: number): LayerContents;
  /** Of all layers of the image so far; grows. */
  readonly size: { entries: number; textBytes: number };
  /** Called with bytes of files that the archive lacks: holes, and files of lower layers. Throws if the layers become too large. */
  addBytes(bytes: number): void;
}

export type FileInode = Omit<Inode, 'nlink' | 'xattrs'> & { nlink: number; xattrs: readonly Xattr[] };

export interface LayerNode {
  inode: FileInode;
  at: LayerContents;
  children: Map<ByteString, LayerNode> | null;
  /** The same directory in the layers below. */
  below: LowerDirectory | undefined;
}

const FORMATS: Readonly<Record<Exclude<MemberType, 'link'>, number>> = {
  file: S_IFREG,
  symlink: S_IFLNK,
  char: S_IFCHR,
  block: S_IFBLK,
  directory: S_IFDIR,
  fifo: S_IFIFO,
};

export const NOWHERE: LayerContents = { offset: 0, sizeBytes: 0 };
const deviceNumber = (major: number, minor: number): number =>
  ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12)) >>> 0;

/** The inode of a member that is not a hard link. */
export const inodeOf = (
  member: ReadMember,
  reading: LayerReading,
  refuse: (rule: string) => never,
): FileInode => {
  if (member.type === 'link') throw new Error('a hard link has no inode of its own');
  // Linux gives every symlink this mode, whatever an archive of another system says.
  const mode = member.type === 'symlink' ? S_IFLNK | 0o777 : FORMATS[member.type] | member.mode;
  const size = BigInt(member.type === 'symlink' ? member.link.length : member.sizeBytes);
  const base = {
    mode,
    nlink: 1,
    uid: member.uid,
    gid: member.gid,
    rdev: deviceNumber(member.major, member.minor),
    size,
    ...secondsAndNanoseconds(member.mtimeNs),
    payload: null,
    content: null,
    digest: null,
    xattrs: member.xattrs,
  };
  if (member.type === 'symlink') {
    if (member.link === '' || member.link.includes('\0') || member.link.length > TARGET_MAX)
      refuse('a symlink has an empty or invalid target');
    return { ...base, payload: member.link };
  }
  if (member.type !== 'file' || size === 0n) return base;
  if (isInline(mode, size)) return { ...base, content: reading.read(member) };
  return { ...base, ...objectOf(reading.digest(member)) };
};

/** Members of an archive replace each other, so that names are counted at its end. */
const countNames = (root: LayerNode): void => {
  const counted = new Set<LayerNode>();
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    for (const node of next.children!.values())
      if (node.children !== null) pending.push(node);
      else if (counted.has(node)) node.inode.nlink++;
      else {
        counted.add(node);
        node.inode.nlink = 1;
      }
};

export const treeOfNodes = (root: LayerNode): ReadLayer => {
  countNames(root);
  const builder = newTreeBuilder();
  const contents: LayerContents[] = [];
  const first = new Map<LayerNode, number>();
  const pending: { node: LayerNode; at: number }[] = [{ node: root, at: builder.add(-1, '', root.inode) }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { children } = next.node;
    for (const name of [...children!.keys()].sort()) {
      const node = children!.get(name)!;
      const known = first.get(node);
      if (known !== undefined) {
        contents[builder.addLink(next.at, name, known)] = node.at;
        continue;
      }
      const at = builder.add(next.at, name, node.inode);
      contents[at] = node.at;
      if (node.children !== null) pending.push({ node, at });
      else if (node.inode.nlink > 1) first.set(node, at);
    }
  }
  return { tree: builder.finish(), contents: (index) => contents[index] ?? NOWHERE };
};
