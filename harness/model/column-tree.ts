// A tree that reads its entries from columns.
import type { ByteString } from './bytes.ts';
import { Columns } from './column-store.ts';
import type { NameIndex } from './name-index.ts';
import { type Entry, S_IFMT, S_IFREG, type Tree } from './tree.ts';

/** `order[first[i]..first[i + 1] - 1]` are the children of directory i, sorted by name. */
export interface ChildLists {
  readonly first: Uint32Array;
  readonly order: Uint32Array;
}

const sortRange = ({ names, nameAt }: Columns, order: Uint32Array, from: number, to: number): void => {
  let sorted = true;
  for (let i = from + 1; i < to && sorted; i++)
    sorted = names.compare(nameAt[order[i - 1]!]!, nameAt[order[i]!]!) < 0;
  if (!sorted) order.subarray(from, to).sort((a, b) => names.compare(nameAt[a]!, nameAt[b]!));
};

const childLists = (columns: Columns): ChildLists => {
  const { count, parent } = columns;
  const first = new Uint32Array(count + 1);
  for (let i = 1; i < count; i++) first[parent[i]! + 1]!++;
  for (let i = 0; i < count; i++) first[i + 1]! += first[i]!;
  const next = first.slice();
  const order = new Uint32Array(count - 1);
  for (let i = 1; i < count; i++) order[next[parent[i]!]!++] = i;
  for (let i = 0; i < count; i++)
    if (first[i + 1]! - first[i]! > 1) sortRange(columns, order, first[i]!, first[i + 1]!);
  return { first, order };
};

const NONE: readonly number[] = [];

export class ColumnTree implements Tree {
  readonly count: number;
  readonly columns: Columns;
  readonly lists: ChildLists;
  readonly #names: NameIndex;

  constructor(columns: Columns, names: NameIndex, lists: ChildLists = childLists(columns)) {
    this.count = columns.count;
    this.columns = columns;
    this.lists = lists;
    this.#names = names;
  }

  entry(index: number): Entry {
    const { columns } = this;
    if (!(index >= 0 && index < this.count))
      throw new RangeError(`no entry ${index} in a tree of ${this.count} entries`);
    const at = columns.carrier(index);
    const { mode, nlink, uid, gid, rdev, xattrs } = columns.classOf(at);
    return {
      index,
      parent: columns.parent[index]!,
      name: columns.name(index),
      link: columns.isLink(index) ? at : null,
      mode,
      nlink,
      uid,
      gid,
      rdev,
      size: columns.size[at]!,
      mtimeSec: columns.mtimeSec[at]!,
      mtimeNsec: columns.mtimeNsec[at]!,
      payload: columns.payloadText(at),
      content: columns.content(at),
      digest: columns.digestText(at),
      xattrs,
    };
  }

  children(index: number): readonly number[] {
    const { first, order } = this.lists;
    const from = first[index]!;
    const to = first[index + 1]!;
    return from === to ? NONE : Array.from(order.subarray(from, to));
  }

  child(index: number, name: ByteString): number | undefined {
    return this.#names.get(index, name);
  }

  path(index: number): ByteString {
    return this.columns.path(index);
  }

  find(path: ByteString): number | undefined {
    let at: number | undefined = 0;
    for (const part of path.split('/')) {
      if (part === '') continue;
      at = this.#names.get(at, part);
      if (at === undefined) return undefined;
    }
    return at;
  }

  withObjects(choose: (entry: Entry) => { payload: ByteString; digest: ByteString }): Tree {
    const columns = new Columns(this.columns);
    for (let index = 0; index < this.count; index++) {
      if (columns.isLink(index) || (columns.classOf(index).mode & S_IFMT) !== S_IFREG) continue;
      if (columns.size[index] === 0n || (columns.content(index) ?? '') !== '') continue;
      const { payload, digest } = choose(this.entry(index));
      columns.setObject(index, payload, digest);
    }
    return new ColumnTree(columns, this.#names, this.lists);
  }
}
