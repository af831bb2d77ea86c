// Bounds-checked reads of an untrusted image. The superblock is checked first.
import { UserError } from '../model/errors.ts';
import {
  BLOCK_BYTES,
  COMPOSEFS_MAGIC,
  EROFS_MAGIC,
  FIRST_INODE_AT,
  FLAG_HAS_ACL,
  SLOT_BYTES,
  SUPERBLOCK_AT,
} from './format.ts';

export const badImage = (offset: number, rule: string): UserError =>
  new UserError(`not a valid composefs image: ${rule}`, {
    code: 'bad-image',
    facts: [`offset: ${offset}`],
    hint: 'rebuild the image, or check it with fsck.erofs',
  });

const HEADER_VERSION = 1;
const BLOCK_BITS = 12;

const FEATURE_INCOMPAT_AT = SUPERBLOCK_AT + 80;
const DEVICE_COUNT_AT = SUPERBLOCK_AT + 86;

const notComposefs = (bytes: Buffer): string => {
  if (bytes.length < FIRST_INODE_AT || bytes.readUInt32LE(SUPERBLOCK_AT) !== EROFS_MAGIC)
    return 'the composefs magic number is missing';
  const devices = bytes.readUInt16LE(DEVICE_COUNT_AT);
  const elsewhere = devices === 0 ? '' : `, and its contents lie on further devices (${devices})`;
  return `it is EROFS without the header of composefs${elsewhere}`;
};

/** Valid images store nothing twice, and no reader reads a byte more often than this. */
const MAX_READS = 8;

export class ImageView {
  readonly bytes: Buffer;
  #unspentBytes: number;
  readonly composefsVersion: 0 | 1;
  readonly hasAcl: boolean;
  readonly rootNid: number;
  readonly buildTimeSec: bigint;
  readonly buildTimeNsec: number;
  readonly blockCount: number;
  /** Base of references to shared attributes. */
  readonly xattrAt: number;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#unspentBytes = MAX_READS * bytes.length;
    if (bytes.length < 4 || this.u32(0) !== COMPOSEFS_MAGIC) throw badImage(0, notComposefs(this.bytes));
    if (bytes.length < FIRST_INODE_AT) throw badImage(bytes.length, 'the image ends before its first inode');
    if (this.u32(4) !== HEADER_VERSION) throw badImage(4, 'the header has an unknown version');
    if ((this.u32(8) & ~FLAG_HAS_ACL) !== 0) throw badImage(8, 'the header has unknown flags');
    this.hasAcl = this.u32(8) === FLAG_HAS_ACL;
    const version = this.u32(12);
    if (version !== 0 && version !== 1) throw badImage(12, `composefs version ${version} is not 0 or 1`);
    this.composefsVersion = version;
    const at = SUPERBLOCK_AT;
    if (this.u32(at) !== EROFS_MAGIC) throw badImage(at, 'the EROFS magic number is missing');
    if (this.bytes[at + 12] !== BLOCK_BITS) throw badImage(at + 12, 'the block size is not 4096 bytes');
    // Such as compression, and other meanings of chunks, devices and names of attributes.
    if (this.u32(FEATURE_INCOMPAT_AT) !== 0)
      throw badImage(FEATURE_INCOMPAT_AT, 'it uses EROFS features that composefs images do not have');
    this.rootNid = this.u16(at + 14);
    this.buildTimeSec = BigInt.asIntN(64, this.u64(at + 24));
    this.buildTimeNsec = this.u32(at + 32);
    this.blockCount = this.u32(at + 36);
    if (this.u32(at + 40) !== 0)
      throw badImage(at + 40, 'inodes are not counted from the start of the image');
    this.xattrAt = this.u32(at + 44) * BLOCK_BYTES;
    if (this.blockCount * BLOCK_BYTES > bytes.length)
      throw badImage(at + 36, 'the image is shorter than its superblock states');
  }

  /** Throws unless all bytes lie inside the image. */
  checkInside(at: number, length: number, part: string): void {
    if (!(at >= 0 && at + length <= this.bytes.length)) throw badImage(at, `${part} lies outside the image`);
  }

  /** Counts bytes of variable-length parts, so that a small image with overlapping parts is refused in bounded time. */
  chargeBytes(at: number, length: number): void {
    this.#unspentBytes -= length;
    if (this.#unspentBytes < 0) throw badImage(at, 'parts of the image overlap');
  }

  u8(at: number): number {
    this.checkInside(at, 1, 'a byte');
    return this.bytes[at]!;
  }

  u16(at: number): number {
    this.checkInside(at, 2, 'a number');
    return this.bytes.readUInt16LE(at);
  }

  u32(at: number): number {
    this.checkInside(at, 4, 'a number');
    return this.bytes.readUInt32LE(at);
  }

  u64(at: number): bigint {
    this.checkInside(at, 8, 'a number');
    return this.bytes.readBigUInt64LE(at);
  }

  /** Reads and checks a 64-bit inode address, in slots. */
  nid(at: number): number {
    const nid = this.u32(at) + this.u32(at + 4) * 2 ** 32;
    this.checkInside(nid * SLOT_BYTES, SLOT_BYTES, 'an inode');
    return nid;
  }
}
