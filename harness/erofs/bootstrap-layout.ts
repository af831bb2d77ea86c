// Computes the address of every inode and data block of a bootstrap. Pure.
//
// Blocks have 512 bytes, because the contents in a tar are aligned to that and a plain inode names its first block.
import { inColumns } from '../model/columns.ts';
import { type Entry, S_IFDIR, S_IFLNK, S_IFMT, type Tree } from '../model/tree.ts';
import { BootstrapXattrs } from './bootstrap-xattrs.ts';
import { DirectoryNames } from './directory-names.ts';
import {
  COMPACT_BYTES,
  DIRENT_BYTES,
  EXTENDED_BYTES,
  FIRST_INODE_AT,
  roundUp,
  SLOT_BYTES,
} from './format.ts';
import { crossesBlock, startForTail } from './placing.ts';

export const BLOB_BLOCK_BYTES = 512;
export const DEVICE_SLOT_BYTES = 128;
/** Linux 7.3 reads the metadata of an image in a file by the page, and answers EIO when the file ends inside a page. */
const PAGE_BYTES = 4096;

const MAX_COMPACT_ID = 65535;
const MAX_COMPACT_SIZE = 0xffffffffn;

export interface BootstrapLayout {
  readonly tree: Tree;
  readonly names: DirectoryNames;
  readonly xattrs: BootstrapXattrs;
  /** Indexes of the entries that carry an inode, breadth first. */
  readonly order: readonly number[];
  readonly minSec: bigint;
  readonly minNsec: number;
  /** By index: the inode's address in slots; blocks and bytes of its directory records or target. */
  readonly nid: Uint32Array;
  readonly blocks: Uint32Array;
  readonly tail: Uint16Array;
  readonly metaEnd: number;
  readonly dataStart: number;
  readonly imageBytes: number;
}

interface InodeBlocks {
  readonly blocks: number;
  readonly tail: number;
}

export const typeOf = ({ mode }: Pick<Entry, 'mode'>): number => mode & S_IFMT;

/** Groups of a directory's names, each of which fills a block as far as possible: positions in `names`. */
export function* groupsOf(
  names: DirectoryNames,
  list: readonly number[],
): Generator<readonly [number, number]> {
  let from = 0;
  let used = 0;
  for (const [i, name] of list.entries()) {
    const cost = DIRENT_BYTES + names.bytes(name);
    if (used + cost > BLOB_BLOCK_BYTES) {
      yield [from, i];
      [from, used] = [i, 0];
    }
    used += cost;
  }
  yield [from, list.length];
}

const directoryShape = (names: DirectoryNames, index: number): InodeBlocks => {
  const list = names.of(index);
  let blocks = -1;
  let tail = 0;
  for (const [from, to] of groupsOf(names, list)) {
    blocks++;
    tail = 0;
    for (let i = from; i < to; i++) tail += DIRENT_BYTES + names.bytes(list[i]!);
  }
  return tail === BLOB_BLOCK_BYTES ? { blocks: blocks + 1, tail: 0 } : { blocks, tail };
};

const shapeOf = (names: DirectoryNames, entry: Entry): InodeBlocks => {
  if (typeOf(entry) === S_IFDIR) return directoryShape(names, entry.index);
  return { blocks: 0, tail: typeOf(entry) === S_IFLNK ? (entry.payload ?? '').length : 0 };
};

/** Bytes that the inode states: its own, or those of its records. */
export const sizeOf = (entry: Entry, { blocks, tail }: InodeBlocks): bigint => {
  if (typeOf(entry) === S_IFDIR) return BigInt(blocks * BLOB_BLOCK_BYTES + tail);
  return typeOf(entry) === S_IFLNK ? BigInt((entry.payload ?? '').length) : entry.size;
};

export const nlinkOf = (tree: Tree, entry: Entry): number =>
  typeOf(entry) === S_IFDIR
    ? 2 + tree.children(entry.index).filter((child) => typeOf(tree.entry(child)) === S_IFDIR).length
    : entry.nlink;

type Times = Pick<BootstrapLayout, 'tree' | 'minSec' | 'minNsec'>;

export const isCompact = ({ tree, minSec, minNsec }: Times, entry: Entry, size: bigint): boolean =>
  entry.mtimeSec === minSec &&
  entry.mtimeNsec === minNsec &&
  entry.uid <= MAX_COMPACT_ID &&
  entry.gid <= MAX_COMPACT_ID &&
  nlinkOf(tree, entry) <= MAX_COMPACT_ID &&
  size <= MAX_COMPACT_SIZE;

interface PlacedInode extends InodeBlocks {
  readonly start: number;
}

const alone = (start: number, { blocks, tail }: InodeBlocks): PlacedInode => ({
  start,
  blocks: blocks + Math.ceil(tail / BLOB_BLOCK_BYTES),
  tail: 0,
});

/** The kernel reads a short symlink together with its inode: both, and the attributes, share a block, or the target moves out. */
const placeSymlink = (pos: number, body: number, shape: InodeBlocks): PlacedInode => {
  const whole = body + shape.tail;
  if (whole > BLOB_BLOCK_BYTES) return alone(pos, shape);
  return {
    start: crossesBlock(pos, whole, BLOB_BLOCK_BYTES) ? roundUp(pos, BLOB_BLOCK_BYTES) : pos,
    ...shape,
  };
};

/** A tail must not cross a block. */
const placeOther = (pos: number, body: number, shape: InodeBlocks): PlacedInode => {
  const start = startForTail(pos, body, shape.tail, BLOB_BLOCK_BYTES);
  return start === null ? alone(pos, shape) : { start, ...shape };
};

const carriersOf = (tree: Tree): readonly number[] => {
  const order = [0];
  for (let at = 0; at < order.length; at++)
    for (const child of tree.children(order[at]!)) if (tree.entry(child).link === null) order.push(child);
  return order;
};

const earliest = (tree: Tree, order: readonly number[]): Pick<Times, 'minSec' | 'minNsec'> => {
  let { mtimeSec: minSec, mtimeNsec: minNsec } = tree.entry(0);
  for (const index of order) {
    const { mtimeSec, mtimeNsec } = tree.entry(index);
    if (mtimeSec < minSec || (mtimeSec === minSec && mtimeNsec < minNsec))
      [minSec, minNsec] = [mtimeSec, mtimeNsec];
  }
  return { minSec, minNsec };
};

export const layOutBootstrap = (tree: Tree, deviceCount: number): BootstrapLayout => {
  const names = new DirectoryNames(inColumns(tree), false);
  const order = carriersOf(tree);
  const xattrs = new BootstrapXattrs(order.map((index) => tree.entry(index).xattrs));
  const times = { tree, ...earliest(tree, order) };
  const nid = new Uint32Array(tree.count);
  const blocks = new Uint32Array(tree.count);
  const tail = new Uint16Array(tree.count);
  let pos = FIRST_INODE_AT + deviceCount * DEVICE_SLOT_BYTES;
  let blockCount = 0;
  for (const index of order) {
    const entry = tree.entry(index);
    const shape = shapeOf(names, entry);
    const fixed = isCompact(times, entry, sizeOf(entry, shape)) ? COMPACT_BYTES : EXTENDED_BYTES;
    const body = fixed + xattrs.bytes(entry.xattrs);
    const place = typeOf(entry) === S_IFLNK ? placeSymlink : placeOther;
    const placed = place(roundUp(pos, SLOT_BYTES), body, shape);
    nid[index] = placed.start / SLOT_BYTES;
    blocks[index] = placed.blocks;
    tail[index] = placed.tail;
    blockCount += placed.blocks;
    pos = placed.start + body + placed.tail;
  }
  const metaEnd = roundUp(pos, SLOT_BYTES);
  const dataStart = roundUp(metaEnd + xattrs.tableBytes, BLOB_BLOCK_BYTES);
  const imageBytes = roundUp(dataStart + blockCount * BLOB_BLOCK_BYTES, PAGE_BYTES);
  return { ...times, names, xattrs, order, nid, blocks, tail, metaEnd, dataStart, imageBytes };
};
