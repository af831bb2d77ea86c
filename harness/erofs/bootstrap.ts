// Writes a bootstrap: an EROFS image with the metadata of a tree, whose files lie in blobs on further devices. Pure.
//
// Shape:  superblock, device table, inodes with their attributes and tails, shared attributes, directories and long targets; zeros fill
//         the last page. A file is a plain inode whose first block is an address in the space that image and devices share, one
//         after the other.
// Source: EROFS on-disk format (erofs_fs.h: erofs_super_block, erofs_deviceslot); Documentation/filesystems/erofs.rst (device=).
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { isDevice } from '../model/inode-type.ts';
import { type Entry, S_IFDIR, S_IFLNK, S_IFREG, type Tree } from '../model/tree.ts';
import {
  BLOB_BLOCK_BYTES,
  type BootstrapLayout,
  DEVICE_SLOT_BYTES,
  groupsOf,
  isCompact,
  layOutBootstrap,
  nlinkOf,
  sizeOf,
  typeOf,
} from './bootstrap-layout.ts';
import {
  DIRENT_BYTES,
  DIRENT_TYPES,
  EROFS_MAGIC,
  FEATURE_COMPAT,
  FIRST_INODE_AT,
  LAYOUT_INLINE,
  LAYOUT_PLAIN,
  SLOT_BYTES,
  SUPERBLOCK_AT,
  XATTR_HEADER_BYTES,
} from './format.ts';
import { Output } from './output.ts';

const BLOCK_BITS = 9;
const INCOMPAT_DEVICE_TABLE = 8;
const UUID_AND_LABEL_BYTES = 32;
const TAG_BYTES = 64;
const MAX_BLOCKS = 2 ** 32 - 1;

/** A file with contents. Its tag is 64 characters of ASCII, the SHA-256 of the file. */
export interface BlobDevice {
  readonly tag: string;
  readonly bytes: number;
}

/** The place of a file's contents. The offset is a multiple of 512. */
export interface BlobExtent {
  readonly device: number;
  readonly offset: number;
}

interface BootstrapParts {
  readonly devices: readonly BlobDevice[];
  /** The place of a regular file of size > 0, by the index of the entry that carries the inode. */
  extent(index: number): BlobExtent;
}

/** First block of each device in the common address space. */
const addressesOf = ({ imageBytes }: BootstrapLayout, devices: readonly BlobDevice[]): readonly number[] => {
  let at = imageBytes / BLOB_BLOCK_BYTES;
  const addresses = devices.map(({ bytes }) => {
    const address = at;
    at += Math.ceil(bytes / BLOB_BLOCK_BYTES);
    return address;
  });
  if (at > MAX_BLOCKS)
    throw new UserError('the blobs are too large for the format', {
      code: 'not-writable',
      facts: [`blocks: ${at} of ${BLOB_BLOCK_BYTES} bytes, at most ${MAX_BLOCKS}`],
    });
  return addresses;
};

class BootstrapWriter {
  readonly #layout: BootstrapLayout;
  readonly #parts: BootstrapParts;
  readonly #addresses: readonly number[];
  readonly #output: Output;
  #block: number;

  constructor(layout: BootstrapLayout, parts: BootstrapParts) {
    this.#layout = layout;
    this.#parts = parts;
    this.#addresses = addressesOf(layout, parts.devices);
    this.#output = new Output(layout.imageBytes);
    this.#block = layout.dataStart / BLOB_BLOCK_BYTES;
  }

  #header(): void {
    const { order, nid, minSec, minNsec, imageBytes, metaEnd } = this.#layout;
    const output = this.#output;
    output.zerosTo(SUPERBLOCK_AT);
    output.reserve(FIRST_INODE_AT - SUPERBLOCK_AT);
    output.u32(EROFS_MAGIC);
    output.u32(0);
    output.u32(FEATURE_COMPAT);
    output.u8(BLOCK_BITS);
    output.u8(0);
    output.u16(nid[0]!);
    output.u64(BigInt(order.length));
    output.u64(minSec);
    output.u32(minNsec);
    output.u32(imageBytes / BLOB_BLOCK_BYTES);
    output.u32(0);
    output.u32(Math.floor(metaEnd / BLOB_BLOCK_BYTES));
    output.fill(0, UUID_AND_LABEL_BYTES);
    output.u32(INCOMPAT_DEVICE_TABLE);
    output.u16(0);
    output.u16(this.#parts.devices.length);
    output.u16(FIRST_INODE_AT / DEVICE_SLOT_BYTES);
    output.zerosTo(FIRST_INODE_AT);
  }

  #devices(): void {
    for (const [i, { tag, bytes }] of this.#parts.devices.entries()) {
      this.#output.put(Buffer.from(tag.padEnd(TAG_BYTES, '\0').slice(0, TAG_BYTES), 'latin1'));
      this.#output.reserve(DEVICE_SLOT_BYTES);
      this.#output.u32(Math.ceil(bytes / BLOB_BLOCK_BYTES));
      this.#output.u32(this.#addresses[i]!);
      this.#output.padTo(DEVICE_SLOT_BYTES);
    }
  }

  #unionOf(entry: Entry): number {
    if (isDevice(entry)) return entry.rdev;
    if (typeOf(entry) !== S_IFREG || entry.size === 0n)
      return this.#layout.blocks[entry.index]! > 0 ? this.#block : 0;
    const { device, offset } = this.#parts.extent(entry.index);
    if (offset % BLOB_BLOCK_BYTES !== 0)
      throw new Error(`${show(this.#layout.tree.path(entry.index))} begins at ${offset}, inside a block`);
    return this.#addresses[device]! + offset / BLOB_BLOCK_BYTES;
  }

  #inode(entry: Entry, number: number): void {
    const { tree, xattrs, blocks, tail, nid, metaEnd } = this.#layout;
    const output = this.#output;
    const shape = { blocks: blocks[entry.index]!, tail: tail[entry.index]! };
    const size = typeOf(entry) === S_IFREG ? entry.size : sizeOf(entry, shape);
    const compact = isCompact(this.#layout, entry, size);
    const nlink = nlinkOf(tree, entry);
    const xattrBytes = xattrs.bytes(entry.xattrs);
    output.zerosTo(nid[entry.index]! * SLOT_BYTES);
    output.reserve(64);
    output.u16(((shape.tail > 0 ? LAYOUT_INLINE : LAYOUT_PLAIN) << 1) | (compact ? 0 : 1));
    output.u16(xattrBytes === 0 ? 0 : (xattrBytes - XATTR_HEADER_BYTES) / 4 + 1);
    output.u16(entry.mode);
    output.u16(compact ? nlink : 0);
    output.u64(size);
    output.u32(this.#unionOf(entry));
    output.u32(number);
    if (compact) {
      output.u16(entry.uid);
      output.u16(entry.gid);
      output.u32(0);
    } else {
      output.u32(entry.uid);
      output.u32(entry.gid);
      output.u64(entry.mtimeSec);
      output.u32(entry.mtimeNsec);
      output.u32(nlink);
      output.fill(0, 16);
    }
    xattrs.write(entry.xattrs, metaEnd % BLOB_BLOCK_BYTES, output);
    this.#block += shape.blocks;
  }

  /** Headers, then the names without gaps. */
  #group(directory: number, list: readonly number[], [from, to]: readonly [number, number]): void {
    const { names, nid, tree } = this.#layout;
    const output = this.#output;
    output.reserve(BLOB_BLOCK_BYTES);
    let nameAt = (to - from) * DIRENT_BYTES;
    for (const name of list.slice(from, to)) {
      const target = names.target(directory, name);
      output.u64(BigInt(nid[target]!));
      output.u16(nameAt);
      output.u8(DIRENT_TYPES[typeOf(tree.entry(target))]!);
      output.u8(0);
      nameAt += names.bytes(name);
    }
    for (const name of list.slice(from, to)) output.at += names.copy(name, output.bytes, output.at);
  }

  /** Full blocks of records, or the tail. */
  #data(entry: Entry, part: 'blocks' | 'tail'): void {
    const blocks = this.#layout.blocks[entry.index]!;
    if (typeOf(entry) === S_IFDIR) {
      const list = this.#layout.names.of(entry.index);
      for (const [i, group] of [...groupsOf(this.#layout.names, list)].entries()) {
        if (part === 'blocks' ? i >= blocks : i < blocks) continue;
        this.#group(entry.index, list, group);
        if (part === 'blocks') this.#output.padTo(BLOB_BLOCK_BYTES);
      }
    } else if (typeOf(entry) === S_IFLNK && (part === 'blocks') === blocks > 0) {
      this.#output.put(Buffer.from(entry.payload ?? '', 'latin1'));
      if (part === 'blocks') this.#output.padTo(BLOB_BLOCK_BYTES);
    }
  }

  run(): Buffer {
    const { tree, order, xattrs, metaEnd, dataStart, imageBytes } = this.#layout;
    this.#header();
    this.#devices();
    for (const [number, index] of order.entries()) {
      const entry = tree.entry(index);
      this.#inode(entry, number);
      this.#data(entry, 'tail');
    }
    this.#output.zerosTo(metaEnd);
    xattrs.writeTable(this.#output);
    this.#output.zerosTo(dataStart);
    for (const index of order) if (this.#layout.blocks[index]! > 0) this.#data(tree.entry(index), 'blocks');
    this.#output.zerosTo(imageBytes);
    return this.#output.take();
  }
}

/** The bootstrap of a tree. Throws a UserError if the blobs have more than 2^32 blocks. */
export const bootstrapBytes = (tree: Tree, parts: BootstrapParts): Buffer =>
  new BootstrapWriter(layOutBootstrap(tree, parts.devices.length), parts).run();
