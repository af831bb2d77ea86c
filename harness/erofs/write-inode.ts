// Writes the header of an image and the fixed part of inodes.
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG } from '../model/tree.ts';
import { chunkBits } from './chunks.ts';
import {
  BLOCK_BYTES,
  COMPOSEFS_MAGIC,
  EROFS_MAGIC,
  FEATURE_COMPAT,
  FIRST_INODE_AT,
  FLAG_HAS_ACL,
  LAYOUT_CHUNKED,
  LAYOUT_INLINE,
  LAYOUT_PLAIN,
  MIN_CHUNK_BITS,
  SUPERBLOCK_AT,
  XATTR_HEADER_BYTES,
} from './format.ts';
import type { Inodes } from './inodes.ts';
import { type ImageLayout, isCompact } from './layout.ts';
import type { Output } from './output.ts';

const BLOCK_BITS = 12;

export const writeHeader = (
  inodes: Inodes,
  imageLayout: ImageLayout,
  version: 0 | 1,
  output: Output,
): void => {
  output.reserve(FIRST_INODE_AT);
  output.u32(COMPOSEFS_MAGIC);
  output.u32(1);
  output.u32(inodes.hasAcl() ? FLAG_HAS_ACL : 0);
  output.u32(version);
  output.zerosTo(SUPERBLOCK_AT);
  output.u32(EROFS_MAGIC);
  output.u32(0);
  output.u32(FEATURE_COMPAT);
  output.u8(BLOCK_BITS);
  output.u8(0);
  output.u16(imageLayout.nid[0]!);
  output.u64(BigInt(inodes.order.length));
  output.u64(inodes.minSec);
  output.u32(inodes.minNsec);
  output.u32(imageLayout.imageBytes / BLOCK_BYTES);
  output.u32(0);
  output.u32(Math.floor(imageLayout.metaEnd / BLOCK_BYTES));
  output.zerosTo(FIRST_INODE_AT);
};

const sizeOf = (inodes: Inodes, { blocks, tail }: ImageLayout, id: number): bigint => {
  const type = inodes.type(id);
  if (type === S_IFDIR) return BigInt(blocks[id]! * BLOCK_BYTES + tail[id]!);
  if (type === S_IFLNK) return BigInt(inodes.targetBytes(id));
  return type === S_IFREG ? inodes.size(id) : 0n;
};

const unionOf = (inodes: Inodes, id: number, firstBlock: number): number => {
  const type = inodes.type(id);
  if (type === S_IFCHR || type === S_IFBLK) return inodes.rdev(id);
  if (!inodes.isChunked(id)) return firstBlock;
  return ((firstBlock & 0xffff0000) | (chunkBits(inodes.size(id)) - MIN_CHUNK_BITS)) >>> 0;
};

interface InodeToWrite {
  readonly id: number;
  readonly number: number;
  /** 0 without data blocks. */
  readonly firstBlock: number;
  readonly xattrBytes: number;
}

export const writeInode = (
  inodes: Inodes,
  imageLayout: ImageLayout,
  place: InodeToWrite,
  output: Output,
): void => {
  const { id, number, firstBlock, xattrBytes } = place;
  const { columns } = inodes.tree;
  const tail = imageLayout.tail[id]!;
  const compact = isCompact(inodes, id, { blocks: imageLayout.blocks[id]!, tail });
  const layout = inodes.isChunked(id) ? LAYOUT_CHUNKED : tail > 0 ? LAYOUT_INLINE : LAYOUT_PLAIN;
  const owner = inodes.owner(id);
  const { uid, gid } = columns.classOf(owner);
  const size = sizeOf(inodes, imageLayout, id);
  output.reserve(64);
  output.u16((layout << 1) | (compact ? 0 : 1));
  output.u16(xattrBytes === 0 ? 0 : (xattrBytes - XATTR_HEADER_BYTES) / 4 + 1);
  output.u16(inodes.mode(id));
  output.u16(compact ? inodes.nlink(id) : 0);
  if (compact) {
    output.u32(Number(size));
    output.u32(0);
  } else output.u64(size);
  output.u32(unionOf(inodes, id, firstBlock));
  output.u32(number);
  if (compact) {
    output.u16(uid);
    output.u16(gid);
    output.u32(0);
    return;
  }
  output.u32(uid);
  output.u32(gid);
  output.u64(columns.mtimeSec[owner]!);
  output.u32(columns.mtimeNsec[owner]!);
  output.u32(inodes.nlink(id));
  output.fill(0, 16);
};
