// The attribute by which the kernel finds equal files of several EROFS images, and the other requirements of an image and its mounts.
//
// Shape:  a file carries the digest of its contents as an attribute. The superblock says so and refers to a table of long attribute names;
//         its one item is the name of the attribute. The table lies in the zeros before the superblock, so nothing else moves.
// Source: Documentation/filesystems/erofs.rst (inode_share, domain_id); erofs_fs.h: ishare_xattr_prefix_id, xattr_prefix_start,
//         erofs_xattr_long_prefix; mkfs.erofs(1), --xattr-inode-digest.
import { type ByteString, fromBytes } from './bytes.ts';
import type { MountOption } from './calls.ts';

const TRUSTED = 'trusted.';
const SUFFIX = 'erofs.fingerprint';
export const DIGEST_KEY = `${TRUSTED}${SUFFIX}`;

/** The kernel compares values as bytes; mkfs.erofs writes, and fsck.erofs checks, this form: the 32 bytes themselves. */
export const digestValue = (sha256: Uint8Array): ByteString => `sha256:${fromBytes(sha256)}`;

/** Files share pages within one domain only. All images of a run are in this one. */
const DOMAIN = 'cfsbench';
export const SHARE_OPTIONS: readonly MountOption[] = [['inode_share'], ['domain_id', DOMAIN]];

const SUPERBLOCK_AT = 1024;
const SUPERBLOCK_BYTES = 128;
/** The part that `nameDigests` changes. */
export const IMAGE_HEAD_BYTES = SUPERBLOCK_AT + SUPERBLOCK_BYTES;
const TABLE_AT = 128;
/** Addresses of the table count in these. */
const TABLE_UNIT_BYTES = 4;
const TRUSTED_INDEX = 4;

/** In erofs_super_block. */
const CHECKSUM = SUPERBLOCK_AT + 4;
const COMPAT = SUPERBLOCK_AT + 8;
const INCOMPAT = SUPERBLOCK_AT + 80;
const TABLE_ITEMS = SUPERBLOCK_AT + 91;
const TABLE_START = SUPERBLOCK_AT + 92;
const DIGEST_ITEM = SUPERBLOCK_AT + 105;

const COMPAT_CHECKSUM = 0x1;
const COMPAT_TABLE_IN_IMAGE = 0x10;
const COMPAT_DIGESTS = 0x20;
const INCOMPAT_TABLE = 0x40;

const tableItem = (): Buffer => {
  const item = Buffer.alloc(3 + SUFFIX.length);
  item.writeUInt16LE(1 + SUFFIX.length);
  item.writeUInt8(TRUSTED_INDEX, 2);
  item.write(SUFFIX, 3, 'latin1');
  return item;
};

/**
 * Says in the head of an EROFS image, its first `IMAGE_HEAD_BYTES`, that its files carry digests. The image loses the checksum of its
 * superblock, which is optional.
 */
export const nameDigests = (head: Buffer): void => {
  const item = tableItem();
  if (
    head.readUInt8(TABLE_ITEMS) !== 0 ||
    head.subarray(TABLE_AT, TABLE_AT + item.length).some((byte) => byte)
  )
    throw new Error('the image has long attribute names already, or no zeros before its superblock');
  item.copy(head, TABLE_AT);
  const compat = head.readUInt32LE(COMPAT) | COMPAT_TABLE_IN_IMAGE | COMPAT_DIGESTS;
  head.writeUInt32LE((compat & ~COMPAT_CHECKSUM) >>> 0, COMPAT);
  head.writeUInt32LE(0, CHECKSUM);
  head.writeUInt32LE((head.readUInt32LE(INCOMPAT) | INCOMPAT_TABLE) >>> 0, INCOMPAT);
  head.writeUInt8(1, TABLE_ITEMS);
  head.writeUInt32LE(TABLE_AT / TABLE_UNIT_BYTES, TABLE_START);
  head.writeUInt8(0, DIGEST_ITEM);
};
