// Writes the data of inodes: directory records, link targets, contents, chunk tables.
import { S_IFDIR, S_IFLNK } from '../model/tree.ts';
import { BLOCK_BYTES, DIRENT_BYTES, DIRENT_TYPES } from './format.ts';
import type { Inodes } from './inodes.ts';
import type { ImageLayout } from './layout.ts';
import type { Output } from './output.ts';

const EVERY_CHUNK_MISSING = 0xff;

export class DataWriter {
  readonly #inodes: Inodes;
  readonly #layout: ImageLayout;
  readonly #output: Output;

  constructor(inodes: Inodes, layout: ImageLayout, output: Output) {
    this.#inodes = inodes;
    this.#layout = layout;
    this.#output = output;
  }

  /** Writes one group: headers, then the names without gaps. */
  #group(directory: number, names: readonly number[], from: number, to: number): void {
    const inodes = this.#inodes;
    const output = this.#output;
    const { nid } = this.#layout;
    output.reserve(BLOCK_BYTES);
    let nameAt = (to - from) * DIRENT_BYTES;
    for (let i = from; i < to; i++) {
      const target = inodes.names.target(directory, names[i]!);
      output.u32(nid[target]!);
      output.u32(0);
      output.u16(nameAt);
      output.u8(DIRENT_TYPES[inodes.type(target)]!);
      output.u8(0);
      nameAt += inodes.names.bytes(names[i]!);
    }
    for (let i = from; i < to; i++) output.at += inodes.names.copy(names[i]!, output.bytes, output.at);
  }

  /** Writes groups `fromGroup` to `toGroup`; each group fills a block as far as possible. */
  #groups(directory: number, fromGroup: number, toGroup: number): void {
    const names = this.#inodes.names.of(directory);
    let group = 0;
    let from = 0;
    let used = 0;
    for (let i = 0; i <= names.length; i++) {
      const cost = i === names.length ? BLOCK_BYTES : DIRENT_BYTES + this.#inodes.names.bytes(names[i]!);
      if (used + cost > BLOCK_BYTES) {
        if (group >= fromGroup && group < toGroup) {
          if (group > fromGroup) this.#output.padTo(BLOCK_BYTES);
          this.#group(directory, names, from, i);
        }
        group++;
        from = i;
        used = 0;
      }
      used += cost;
    }
  }

  #target(id: number): void {
    const { columns } = this.#inodes.tree;
    const output = this.#output;
    output.reserve(this.#inodes.targetBytes(id));
    output.at += columns.payloads.copy(columns.payload[id]!, output.bytes, output.at);
  }

  #content(id: number, from: number, to: number): void {
    this.#output.put(Buffer.from(this.#inodes.tree.columns.content(id)!.slice(from, to), 'latin1'));
  }

  tail(id: number): void {
    const length = this.#layout.tail[id]!;
    if (length === 0) return;
    const type = this.#inodes.type(id);
    const blocks = this.#layout.blocks[id]!;
    if (type === S_IFDIR) this.#groups(id, blocks, blocks + 1);
    else if (type === S_IFLNK) this.#target(id);
    else if (this.#inodes.isChunked(id)) this.#output.fill(EVERY_CHUNK_MISSING, length);
    else this.#content(id, blocks * BLOCK_BYTES, blocks * BLOCK_BYTES + length);
  }

  blocks(id: number): void {
    const count = this.#layout.blocks[id]!;
    if (count === 0) return;
    const type = this.#inodes.type(id);
    if (type === S_IFDIR) this.#groups(id, 0, count);
    else if (type === S_IFLNK) this.#target(id);
    else if (this.#inodes.isChunked(id)) this.#output.fill(EVERY_CHUNK_MISSING, count * BLOCK_BYTES);
    else this.#content(id, 0, count * BLOCK_BYTES);
    this.#output.padTo(BLOCK_BYTES);
  }
}
