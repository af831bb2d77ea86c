// The names in the directories of an image, by id: the tree's names, the object store's folders in the root, and the two dots.
import { type ByteString, compareBytes } from '../model/bytes.ts';
import type { ColumnTree } from '../model/column-tree.ts';
import { STORE_FOLDERS } from './format.ts';

const DOT = -1;
const DOTDOT = -2;
const DOTS: readonly ByteString[] = ['.', '..'];
const DOT_BYTE = 0x2e;
const STORE_NAMES = Array.from({ length: STORE_FOLDERS }, (_, i) => i.toString(16).padStart(2, '0'));

export class DirectoryNames {
  readonly #tree: ColumnTree;
  readonly #entryCount: number;
  readonly #storeNames: readonly ByteString[];
  readonly #rootList: readonly number[];
  readonly #list: number[] = [];

  constructor(tree: ColumnTree, hidesStore = true) {
    this.#tree = tree;
    this.#entryCount = tree.count;
    this.#storeNames = hidesStore ? STORE_NAMES.filter((name) => tree.find(name) === undefined) : [];
    this.#rootList = this.#mergeRoot();
  }

  /** Number of object store folders whose name the root does not use. */
  get storeNameCount(): number {
    return this.#storeNames.length;
  }

  #mergeRoot(): readonly number[] {
    const named = [
      ...DOTS.map((name, i) => ({ id: DOT - i, name })),
      ...this.#storeNames.map((name, i) => ({ id: this.#entryCount + i, name })),
      ...this.#tree.children(0).map((id) => ({ id, name: this.#tree.columns.name(id) })),
    ];
    return named.sort((a, b) => compareBytes(a.name, b.name)).map(({ id }) => id);
  }

  /** Ids of a directory's names, sorted, with the dots. Valid until the next call. */
  of(directory: number): readonly number[] {
    if (directory === 0) return this.#rootList;
    const { columns, lists } = this.#tree;
    const list = this.#list;
    list.length = 0;
    let dots = 0;
    for (let i = lists.first[directory]!; i < lists.first[directory + 1]!; i++) {
      const child = lists.order[i]!;
      if (dots < DOTS.length) {
        const first = columns.names.first(columns.nameAt[child]!);
        while (
          dots < DOTS.length &&
          (first > DOT_BYTE || (first === DOT_BYTE && columns.name(child) > DOTS[dots]!))
        )
          list.push(DOT - dots++);
      }
      list.push(child);
    }
    while (dots < DOTS.length) list.push(DOT - dots++);
    return list;
  }

  bytes(id: number): number {
    if (id < 0) return -id;
    return id >= this.#entryCount ? 2 : this.#tree.columns.names.length(this.#tree.columns.nameAt[id]!);
  }

  copy(id: number, into: Buffer, at: number): number {
    if (id < 0) return into.write(DOTS[DOT - id]!, at, 'latin1');
    if (id >= this.#entryCount) return into.write(this.#storeNames[id - this.#entryCount]!, at, 'latin1');
    return this.#tree.columns.names.copy(this.#tree.columns.nameAt[id]!, into, at);
  }

  /** The inode of a name in a directory. */
  target(directory: number, id: number): number {
    if (id === DOT) return directory;
    if (id === DOTDOT) return directory === 0 ? 0 : this.#tree.columns.parent[directory]!;
    return id >= this.#entryCount ? id : this.#tree.columns.carrier(id);
  }
}
