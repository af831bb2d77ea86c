// Reads one inode of an image.
import { FILE_TYPES } from '../model/inode-type.ts';
import { S_IFMT } from '../model/tree.ts';
import {
  BLOCK_BYTES,
  COMPACT_BYTES,
  EXTENDED_BYTES,
  LAYOUT_CHUNKED,
  LAYOUT_INLINE,
  LAYOUT_PLAIN,
  SLOT_BYTES,
  XATTR_HEADER_BYTES,
} from './format.ts';
import { badImage, type ImageView } from './view.ts';

const LAYOUTS: ReadonlySet<number> = new Set([LAYOUT_PLAIN, LAYOUT_INLINE, LAYOUT_CHUNKED]);

export class InodeView {
  readonly view: ImageView;
  readonly nid: number;
  readonly at: number;
  readonly extended: boolean;
  readonly layout: number;
  readonly mode: number;
  readonly xattrAt: number;
  /** 0 without attributes. */
  readonly xattrBytes: number;
  /** Offset after inode and attributes, where a tail begins. */
  readonly end: number;

  constructor(view: ImageView, nid: number) {
    this.view = view;
    this.nid = nid;
    this.at = nid * SLOT_BYTES;
    const format = view.u16(this.at);
    this.extended = (format & 1) === 1;
    this.layout = format >> 1;
    if (!LAYOUTS.has(this.layout)) throw badImage(this.at, 'an inode has an unknown layout');
    const count = view.u16(this.at + 2);
    this.mode = view.u16(this.at + 4);
    if (!FILE_TYPES.has(this.mode & S_IFMT)) throw badImage(this.at + 4, 'an inode has no file type');
    this.xattrAt = this.at + (this.extended ? EXTENDED_BYTES : COMPACT_BYTES);
    this.xattrBytes = count === 0 ? 0 : XATTR_HEADER_BYTES + 4 * (count - 1);
    this.end = this.xattrAt + this.xattrBytes;
    view.checkInside(this.at, this.end - this.at, 'an inode');
  }

  get type(): number {
    return this.mode & S_IFMT;
  }

  get size(): bigint {
    return this.extended ? this.view.u64(this.at + 8) : BigInt(this.view.u32(this.at + 8));
  }

  get nlink(): number {
    return this.extended ? this.view.u32(this.at + 44) : this.view.u16(this.at + 6);
  }

  get uid(): number {
    return this.extended ? this.view.u32(this.at + 24) : this.view.u16(this.at + 24);
  }

  get gid(): number {
    return this.extended ? this.view.u32(this.at + 28) : this.view.u16(this.at + 26);
  }

  get mtimeSec(): bigint {
    return this.extended ? BigInt.asIntN(64, this.view.u64(this.at + 32)) : this.view.buildTimeSec;
  }

  get mtimeNsec(): number {
    return this.extended ? this.view.u32(this.at + 40) : this.view.buildTimeNsec;
  }

  /** Device number, first data block, or chunk format. */
  get union(): number {
    return this.view.u32(this.at + 16);
  }

  /** Extents of a directory, link or inline file: its blocks, then its tail. */
  *extents(): Generator<{ readonly at: number; readonly length: number }> {
    if (this.layout === LAYOUT_CHUNKED)
      throw badImage(this.at, 'an inode that must hold its contents is chunked');
    const size = Number(this.size);
    this.view.checkInside(0, size, 'the data of an inode');
    this.view.chargeBytes(this.at, size);
    const tail = this.layout === LAYOUT_INLINE ? size % BLOCK_BYTES : 0;
    let at = this.union * BLOCK_BYTES;
    for (let left = size - tail; left > 0; left -= BLOCK_BYTES, at += BLOCK_BYTES) {
      const length = Math.min(left, BLOCK_BYTES);
      this.view.checkInside(at, length, 'a data block');
      yield { at, length };
    }
    if (tail > 0) {
      this.view.checkInside(this.end, tail, 'the tail of an inode');
      yield { at: this.end, length: tail };
    }
  }
}
