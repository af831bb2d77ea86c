// The attribute block after an inode: a filter, references to shared attributes, then inline attributes, all in key order.
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { ABSENT } from '../model/payloads.ts';
import { BLOCK_BYTES, MAX_SHARED, METACOPY_HEAD, XATTR_HEADER_BYTES } from './format.ts';
import type { Inodes } from './inodes.ts';
import type { Output } from './output.ts';
import { EMPTY_METACOPY_BYTES, METACOPY_BYTES, redirectBytes, type SharedTable } from './shared-table.ts';
import { filterMaskOf, type XattrItem } from './xattr-items.ts';
import { METACOPY, REDIRECT } from './xattr-sets.ts';

const TRUSTED_INDEX = 4;
const METACOPY_SUFFIX = Buffer.from(METACOPY.slice('trusted.'.length), 'latin1');
const REDIRECT_SUFFIX = Buffer.from(REDIRECT.slice('trusted.'.length), 'latin1');
const SLASH = 0x2f;
const FILTER_AND_COUNT_BYTES = 5;
const MAX_BLOCK_BYTES = XATTR_HEADER_BYTES + 4 * (65535 - 1);

/** An inline attribute. Those of a file's own object have no item. */
type InlineXattr = XattrItem | 'metacopy' | 'redirect';

const METACOPY_MASK = filterMaskOf(METACOPY);
const REDIRECT_MASK = filterMaskOf(REDIRECT);

export class XattrBlocks {
  readonly #inodes: Inodes;
  readonly #shared: SharedTable;
  // State of the last inode.
  readonly #references: number[] = [];
  readonly #inline: InlineXattr[] = [];
  #filter = 0;
  #lastId = -1;
  #lastBytes = 0;

  constructor(inodes: Inodes, shared: SharedTable) {
    this.#inodes = inodes;
    this.#shared = shared;
  }

  #assign(sharedAt: number, attribute: InlineXattr): void {
    if (sharedAt >= 0 && this.#references.length < MAX_SHARED) this.#references.push(sharedAt);
    else this.#inline.push(attribute);
  }

  #collect(id: number): void {
    this.#references.length = 0;
    this.#inline.length = 0;
    const { items, beforeMetacopy, beforeRedirect, filter } = this.#inodes.set(id);
    this.#filter = filter;
    if (!this.#inodes.isChunked(id)) {
      for (const item of items) this.#assign(item.sharedAt, item);
      return;
    }
    const { columns } = this.#inodes.tree;
    for (let i = 0; i < beforeMetacopy; i++) this.#assign(items[i]!.sharedAt, items[i]!);
    this.#assign(this.#shared.metacopyAt(columns.digest[id]!), 'metacopy');
    this.#filter &= ~METACOPY_MASK;
    for (let i = beforeMetacopy; i < beforeRedirect; i++) this.#assign(items[i]!.sharedAt, items[i]!);
    if (this.#inodes.targetBytes(id) > 0) {
      this.#assign(this.#shared.redirectAt(columns.payload[id]!), 'redirect');
      this.#filter &= ~REDIRECT_MASK;
    }
    for (let i = beforeRedirect; i < items.length; i++) this.#assign(items[i]!.sharedAt, items[i]!);
  }

  #inlineBytes(attribute: InlineXattr, id: number): number {
    if (attribute === 'redirect') return redirectBytes(this.#inodes.targetBytes(id));
    if (attribute !== 'metacopy') return attribute.encoded.length;
    return this.#inodes.tree.columns.digest[id] === ABSENT ? EMPTY_METACOPY_BYTES : METACOPY_BYTES;
  }

  /** 0 without attributes. */
  bytes(id: number): number {
    if (id !== this.#lastId) this.#lastBytes = this.#measure(id);
    this.#lastId = id;
    return this.#lastBytes;
  }

  #measure(id: number): number {
    this.#collect(id);
    if (this.#references.length === 0 && this.#inline.length === 0) return 0;
    let length = XATTR_HEADER_BYTES + 4 * this.#references.length;
    for (const attribute of this.#inline) length += this.#inlineBytes(attribute, id);
    if (length > MAX_BLOCK_BYTES)
      throw new UserError('the attributes of an entry exceed the limit of the format', {
        code: 'xattr-too-long',
        facts: [
          `path: ${show(this.#inodes.tree.path(id))}`,
          `attributes: ${length} bytes, at most ${MAX_BLOCK_BYTES}`,
        ],
      });
    return length;
  }

  write(id: number, metaEnd: number, output: Output): void {
    const length = this.bytes(id);
    if (length === 0) return;
    output.reserve(length);
    output.u32(this.#filter >>> 0);
    output.u8(this.#references.length);
    output.fill(0, XATTR_HEADER_BYTES - FILTER_AND_COUNT_BYTES);
    for (const sharedAt of this.#references) output.u32(((metaEnd % BLOCK_BYTES) + sharedAt) / 4);
    const { columns } = this.#inodes.tree;
    for (const attribute of this.#inline)
      if (attribute === 'metacopy') this.#writeMetacopy(columns.digest[id]!, output);
      else if (attribute === 'redirect') this.#writeRedirect(columns.payload[id]!, output);
      else output.put(attribute.encoded);
  }

  #writeMetacopy(digest: number, output: Output): void {
    output.reserve(METACOPY_BYTES);
    output.u8(METACOPY_SUFFIX.length);
    output.u8(TRUSTED_INDEX);
    output.u16(digest === ABSENT ? 0 : METACOPY_HEAD.length + 32);
    output.put(METACOPY_SUFFIX);
    if (digest === ABSENT) return;
    output.put(METACOPY_HEAD);
    const { digests } = this.#inodes.tree.columns;
    const from = digests.offset(digest);
    digests.segment(digest).copy(output.bytes, output.at, from, from + 32);
    output.at += 32;
  }

  #writeRedirect(payload: number, output: Output): void {
    const { payloads } = this.#inodes.tree.columns;
    const length = payloads.length(payload);
    output.reserve(redirectBytes(length));
    output.u8(REDIRECT_SUFFIX.length);
    output.u8(TRUSTED_INDEX);
    output.u16(1 + length);
    output.put(REDIRECT_SUFFIX);
    output.u8(SLASH);
    output.at += payloads.copy(payload, output.bytes, output.at);
    output.padTo(4);
  }

  writeTable(output: Output): void {
    for (const stretch of this.#shared.stretches)
      if (stretch.kind === 'items') for (const item of stretch.items) output.put(item.encoded);
      else if (stretch.kind === 'metacopy')
        for (const digest of stretch.digests) this.#writeMetacopy(digest, output);
      else for (const payload of stretch.payloads) this.#writeRedirect(payload, output);
  }
}
