// Extended attributes of a bootstrap: the tree's own, without marks of overlayfs. Attributes of several inodes are stored once.
import { UserError } from '../model/errors.ts';
import type { Xattr } from '../model/tree.ts';
import { MAX_SHARED, XATTR_HEADER_BYTES } from './format.ts';
import type { Output } from './output.ts';
import { type XattrItem, XattrItems } from './xattr-items.ts';

const MAX_BLOCK_BYTES = XATTR_HEADER_BYTES + 4 * (65535 - 1);
const FILTER_AND_COUNT_BYTES = 5;

interface StoredSet {
  readonly shared: readonly XattrItem[];
  readonly inline: readonly XattrItem[];
  readonly filter: number;
  /** 0 without attributes. */
  readonly bytes: number;
}

export class BootstrapXattrs {
  readonly #items = new XattrItems();
  readonly #used = new Map<readonly Xattr[], readonly XattrItem[]>();
  readonly #sets = new Map<readonly Xattr[], StoredSet>();
  /** Bytes of the table of shared attributes. */
  readonly tableBytes: number;

  /** `lists`: the attributes of each inode. Inodes with equal attributes may share a list. */
  constructor(lists: Iterable<readonly Xattr[]>) {
    for (const list of lists) {
      const items = this.#used.get(list) ?? list.map(([key, value]) => this.#items.of(key, value));
      this.#used.set(list, items);
      for (const item of items) item.useCount++;
    }
    let tableBytes = 0;
    for (const item of this.#shared()) {
      item.sharedAt = tableBytes;
      tableBytes += item.encoded.length;
    }
    this.tableBytes = tableBytes;
  }

  *#shared(): Generator<XattrItem> {
    for (const item of this.#items.all()) if (item.useCount > 1) yield item;
  }

  #setOf(list: readonly Xattr[]): StoredSet {
    const known = this.#sets.get(list);
    if (known !== undefined) return known;
    const items = this.#used.get(list)!;
    const shared = items.filter(({ sharedAt }) => sharedAt >= 0).slice(0, MAX_SHARED);
    const inline = items.filter((item) => !shared.includes(item));
    const bytes = inline.reduce(
      (sum, { encoded }) => sum + encoded.length,
      XATTR_HEADER_BYTES + 4 * shared.length,
    );
    if (bytes > MAX_BLOCK_BYTES)
      throw new UserError('the attributes of an entry exceed the limit of the format', {
        code: 'xattr-too-long',
        facts: [`attributes: ${bytes} bytes, at most ${MAX_BLOCK_BYTES}`],
      });
    const filter = items.reduce((left, { filterMask }) => left & ~filterMask, 0xffffffff) >>> 0;
    const set = { shared, inline, filter, bytes: items.length === 0 ? 0 : bytes };
    this.#sets.set(list, set);
    return set;
  }

  bytes(list: readonly Xattr[]): number {
    return this.#setOf(list).bytes;
  }

  /** `base`: offset of the table from the block that the superblock names. */
  write(list: readonly Xattr[], base: number, output: Output): void {
    const { shared, inline, filter, bytes } = this.#setOf(list);
    if (bytes === 0) return;
    output.reserve(bytes);
    output.u32(filter);
    output.u8(shared.length);
    output.fill(0, XATTR_HEADER_BYTES - FILTER_AND_COUNT_BYTES);
    for (const { sharedAt } of shared) output.u32((base + sharedAt) / 4);
    for (const { encoded } of inline) output.put(encoded);
  }

  writeTable(output: Output): void {
    for (const { encoded } of this.#shared()) output.put(encoded);
  }
}
