// Constants of the on-disk format: the part of EROFS that composefs images use.
//
// Source: fs/erofs/erofs_fs.h of the kernel; the composefs header stands in front of the superblock.

import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK } from '../model/tree.ts';

export const BLOCK_BYTES = 4096;
export const SLOT_BYTES = 32;
export const SUPERBLOCK_AT = 1024;
const SUPERBLOCK_BYTES = 128;
export const FIRST_INODE_AT = SUPERBLOCK_AT + SUPERBLOCK_BYTES;

export const COMPOSEFS_MAGIC = 0xd078629a;
export const EROFS_MAGIC = 0xe0f5e1e2;
export const FLAG_HAS_ACL = 1;
/** Bits: mtime in the inode, name filter in the attribute block. */
export const FEATURE_COMPAT = 6;

export const COMPACT_BYTES = 32;
export const EXTENDED_BYTES = 64;
export const XATTR_HEADER_BYTES = 12;
export const XATTR_ENTRY_BYTES = 4;
export const DIRENT_BYTES = 12;
export const MAX_SHARED = 128;
/** Before the digest in overlayfs's metacopy attribute: version 0, 36 bytes in all, no flags, SHA-256. */
export const METACOPY_HEAD: Uint8Array = Uint8Array.of(0, 36, 0, 1);

export const LAYOUT_PLAIN = 0;
export const LAYOUT_INLINE = 2;
export const LAYOUT_CHUNKED = 4;

export const MIN_CHUNK_BITS = 12;
export const MAX_CHUNK_BITS = 43;
export const MAX_CHUNKS = 1024;

/** Whiteouts of the writer in the root, which hide the folders of the object store. */
export const STORE_FOLDERS = 256;

/** A longer tail gets a block of its own. */
export const MAX_TAIL_BYTES = BLOCK_BYTES / 2;

/** d_type by file type. */
export const DIRENT_TYPES: Readonly<Record<number, number>> = {
  [S_IFREG]: 1,
  [S_IFDIR]: 2,
  [S_IFCHR]: 3,
  [S_IFBLK]: 4,
  [S_IFIFO]: 5,
  [S_IFSOCK]: 6,
  [S_IFLNK]: 7,
};

export const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
