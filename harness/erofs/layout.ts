// Computes the address of every inode and data block. Pure.
import { S_IFDIR, S_IFLNK } from '../model/tree.ts';
import { chunkCount } from './chunks.ts';
import {
  BLOCK_BYTES,
  COMPACT_BYTES,
  DIRENT_BYTES,
  EXTENDED_BYTES,
  FIRST_INODE_AT,
  MAX_TAIL_BYTES,
  roundUp,
  SLOT_BYTES,
} from './format.ts';
import type { Inodes } from './inodes.ts';
import { crossesBlock, startForTail } from './placing.ts';
import type { SharedTable } from './shared-table.ts';
import type { XattrBlocks } from './xattr-block.ts';

export interface ImageLayout {
  /** By id: the inode's address in slots, its number of data blocks, and the bytes of its tail. */
  readonly nid: Uint32Array;
  readonly blocks: Uint32Array;
  readonly tail: Uint16Array;
  readonly metaEnd: number;
  readonly dataStart: number;
  readonly imageBytes: number;
}

interface InodeShape {
  readonly blocks: number;
  readonly tail: number;
}

const MAX_COMPACT_ID = 65535;
const MAX_COMPACT_SIZE = 0xffffffffn;

/** A tail of more than half a block gets a block of its own. */
const withTail = (blocks: number, tail: number): InodeShape =>
  tail > MAX_TAIL_BYTES ? { blocks: blocks + 1, tail: 0 } : { blocks, tail };

const directoryShape = (inodes: Inodes, id: number): InodeShape => {
  let blocks = 0;
  let used = 0;
  for (const name of inodes.names.of(id)) {
    const cost = DIRENT_BYTES + inodes.names.bytes(name);
    if (used + cost > BLOCK_BYTES) {
      blocks++;
      used = 0;
    }
    used += cost;
  }
  return withTail(blocks, used);
};

const shapeOf = (inodes: Inodes, id: number): InodeShape => {
  const type = inodes.type(id);
  if (type === S_IFDIR) return directoryShape(inodes, id);
  if (type === S_IFLNK) return { blocks: 0, tail: inodes.targetBytes(id) };
  if (inodes.isChunked(id)) return { blocks: 0, tail: 4 * chunkCount(inodes.size(id))! };
  const length = inodes.contentBytes(id);
  return withTail(Math.floor(length / BLOCK_BYTES), length % BLOCK_BYTES);
};

/** Whether an inode fits the compact form. The shape is used only for directories. */
export const isCompact = (inodes: Inodes, id: number, { blocks, tail }: InodeShape): boolean => {
  const { columns } = inodes.tree;
  const owner = inodes.owner(id);
  const { uid, gid } = columns.classOf(owner);
  return (
    columns.mtimeSec[owner] === inodes.minSec &&
    columns.mtimeNsec[owner] === inodes.minNsec &&
    uid <= MAX_COMPACT_ID &&
    gid <= MAX_COMPACT_ID &&
    inodes.nlink(id) <= MAX_COMPACT_ID &&
    (inodes.type(id) === S_IFDIR
      ? blocks * BLOCK_BYTES + tail < 2 ** 32
      : inodes.size(id) <= MAX_COMPACT_SIZE)
  );
};

interface Placed extends InodeShape {
  readonly start: number;
}

/** Keeps a symlink's inode and target within one block, else moves the target to a data block. */
const placeSymlink = (pos: number, body: number, shape: InodeShape): Placed => {
  const whole = body + shape.tail;
  const start = crossesBlock(pos, whole, BLOCK_BYTES) ? roundUp(pos, BLOCK_BYTES) : pos;
  return whole >= BLOCK_BYTES
    ? { start, blocks: 1, tail: 0 }
    : { start, blocks: shape.blocks, tail: shape.tail };
};

/** Keeps the tail of any other inode within one block. */
const placeOther = (pos: number, body: number, { blocks, tail }: InodeShape): Placed => {
  const start = startForTail(pos, body, tail, BLOCK_BYTES);
  return start === null
    ? { start: roundUp(pos, BLOCK_BYTES), blocks: blocks + 1, tail: 0 }
    : { start, blocks, tail };
};

export const layOutImage = (inodes: Inodes, xattrs: XattrBlocks, shared: SharedTable): ImageLayout => {
  const idCount = inodes.idCount;
  const nid = new Uint32Array(idCount);
  const blocks = new Uint32Array(idCount);
  const tail = new Uint16Array(idCount);
  let pos = FIRST_INODE_AT;
  let blockCount = 0;
  for (const id of inodes.order) {
    const shape = shapeOf(inodes, id);
    const body = (isCompact(inodes, id, shape) ? COMPACT_BYTES : EXTENDED_BYTES) + xattrs.bytes(id);
    const from = roundUp(pos, SLOT_BYTES);
    const placed =
      inodes.type(id) === S_IFLNK ? placeSymlink(from, body, shape) : placeOther(from, body, shape);
    nid[id] = placed.start / SLOT_BYTES;
    blocks[id] = placed.blocks;
    tail[id] = placed.tail;
    blockCount += placed.blocks;
    pos = placed.start + body + placed.tail;
  }
  const metaEnd = roundUp(pos, SLOT_BYTES);
  const dataStart = roundUp(metaEnd + shared.sizeBytes, BLOCK_BYTES);
  return { nid, blocks, tail, metaEnd, dataStart, imageBytes: dataStart + blockCount * BLOCK_BYTES };
};
