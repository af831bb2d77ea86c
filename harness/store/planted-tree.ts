// A checkout's tree as one block of memory for the compiled calls: nodes in the order in which they are made.
import { toBytes } from '../model/bytes.ts';
import type { Image } from '../model/image.ts';
import { type Entry, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../model/tree.ts';
import { linkedFileOf, linkKey } from './checkout-tar.ts';

const NODE_BYTES = 48;
const XATTR_BYTES = 8;
const ALIGNMENT = 8;
const KINDS = { folder: 0, end: 1, stored: 2, linked: 3, file: 4, symlink: 5, node: 6 } as const;
type NodeKind = keyof typeof KINDS;
const OWNER = 1;
const MODE = 2;

/** The owner and umask of the process that makes the tree. Attributes that follow from them are not set again. */
export interface Maker {
  readonly uid: number;
  readonly gid: number;
  readonly umask: number;
}

/** Which of owner and mode must be set after the node is made. */
const attributesToSet = (kind: NodeKind, { mode, uid, gid }: Entry, maker: Maker): number => {
  const owner = uid === maker.uid && gid === maker.gid ? 0 : OWNER;
  // A folder stays writable for its owner until it is full.
  const made = kind === 'folder' || kind === 'end' ? (mode & 0o777) | 0o700 : mode & 0o777;
  const sets = (made & ~maker.umask) === (mode & 0o7777) ? 0 : MODE;
  return owner | sets;
};

const xattrsOf = ({ xattrs }: Entry): Buffer =>
  Buffer.concat(
    xattrs.flatMap(([key, value]) => {
      const [keyBytes, valueBytes] = [toBytes(key), toBytes(value)];
      const head = Buffer.alloc(XATTR_BYTES);
      head.writeUInt32LE(keyBytes.length, 0);
      head.writeUInt32LE(valueBytes.length, 4);
      return [head, keyBytes, Buffer.alloc(1), valueBytes];
    }),
  );

const NOTHING = Buffer.alloc(0);
const LINKS: ReadonlySet<NodeKind> = new Set(['stored', 'linked', 'folder']);

interface NodeParts {
  readonly kind: NodeKind;
  readonly entry: Entry;
  readonly name: Uint8Array;
  readonly link?: Uint8Array;
}

const encodeNode = ({ kind, entry, name, link = NOTHING }: NodeParts, maker: Maker): Buffer => {
  // Links get no attributes, and folders get theirs at their end node.
  const bare = LINKS.has(kind);
  const xattrs = bare ? NOTHING : xattrsOf(entry);
  const used = NODE_BYTES + name.length + 1 + link.length + 1 + xattrs.length;
  const node = Buffer.alloc(Math.ceil(used / ALIGNMENT) * ALIGNMENT);
  node.writeUInt32LE(node.length, 0);
  node.writeUInt8(KINDS[kind], 4);
  node.writeUInt8(bare ? 0 : attributesToSet(kind, entry, maker), 5);
  node.writeUInt16LE(name.length, 6);
  node.writeUInt32LE(entry.mode, 8);
  node.writeUInt32LE(entry.uid, 12);
  node.writeUInt32LE(entry.gid, 16);
  node.writeUInt32LE(entry.rdev, 20);
  node.writeBigInt64LE(entry.mtimeSec, 24);
  node.writeUInt32LE(entry.mtimeNsec, 32);
  node.writeUInt32LE(link.length, 36);
  node.writeUInt32LE(bare ? 0 : entry.xattrs.length, 40);
  node.set(name, NODE_BYTES);
  node.set(link, NODE_BYTES + name.length + 1);
  node.set(xattrs, NODE_BYTES + name.length + 1 + link.length + 1);
  return node;
};

/** The nodes of a tree. Checkouts differ only in the first node, which holds the root's path. */
interface Planted {
  at(root: string): Uint8Array;
}

export const plantedTree = ({ tree }: Image, maker: Maker): Planted => {
  const nodes: Buffer[] = [];
  const firstPaths = new Map<number, string>();
  const linkOf = (entry: Entry, path: string): readonly [NodeKind, Uint8Array] => {
    const file = linkedFileOf(tree, entry);
    if (file !== null) return ['stored', toBytes(linkKey(file))];
    const inode = entry.link ?? entry.index;
    const first = firstPaths.get(inode);
    if (first !== undefined) return ['linked', toBytes(first)];
    firstPaths.set(inode, path);
    if ((entry.mode & S_IFMT) === S_IFREG) return ['file', toBytes(entry.content ?? '')];
    return (entry.mode & S_IFMT) === S_IFLNK ? ['symlink', toBytes(entry.payload ?? '')] : ['node', NOTHING];
  };
  const visit = (index: number, prefix: string): void => {
    for (const child of tree.children(index)) {
      const entry = tree.entry(child);
      const path = `${prefix}${entry.name}`;
      const name = toBytes(entry.name);
      if ((entry.mode & S_IFMT) !== S_IFDIR) {
        const [kind, link] = linkOf(entry, path);
        nodes.push(encodeNode({ kind, entry, name, link }, maker));
        continue;
      }
      nodes.push(encodeNode({ kind: 'folder', entry, name }, maker));
      visit(child, `${path}/`);
      nodes.push(encodeNode({ kind: 'end', entry, name }, maker));
    }
  };
  const root = tree.entry(0);
  visit(0, '');
  nodes.push(encodeNode({ kind: 'end', entry: root, name: NOTHING }, maker));
  const rest = Buffer.concat(nodes);
  return {
    at: (path) =>
      Buffer.concat([encodeNode({ kind: 'folder', entry: root, name: Buffer.from(path) }, maker), rest]),
  };
};
