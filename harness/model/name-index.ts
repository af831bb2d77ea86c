// Finds entries by directory and name.
import type { ByteString } from './bytes.ts';
import type { Columns } from './column-store.ts';
import { hashOf } from './growing.ts';

const SPREAD = 0x9e3779b1;

/** Hash table with open addressing, at most half full. A Map of a million strings would be larger than the tree. */
export class NameIndex {
  readonly #columns: Columns;
  #slots = new Int32Array(256).fill(-1);
  #used = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  /** The slot of the name, or the free slot for it. */
  #slotOf(parent: number, name: ByteString): number {
    const mask = this.#slots.length - 1;
    const { parent: parents, nameAt, names } = this.#columns;
    let slot = hashOf(name, Math.imul(parent, SPREAD)) & mask;
    for (let index = this.#slots[slot]!; index >= 0; index = this.#slots[slot]!) {
      if (parents[index] === parent && names.equals(nameAt[index]!, name)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  get(parent: number, name: ByteString): number | undefined {
    const index = this.#slots[this.#slotOf(parent, name)]!;
    return index < 0 ? undefined : index;
  }

  /** The directory must not have the name yet. */
  add(parent: number, name: ByteString, index: number): void {
    if (2 * ++this.#used > this.#slots.length) this.#grow(index);
    this.#slots[this.#slotOf(parent, name)] = index;
  }

  #grow(except: number): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    const { parent, nameAt, names, count } = this.#columns;
    for (let index = 1; index < count; index++) {
      if (index === except) continue;
      let slot = names.hash(nameAt[index]!, Math.imul(parent[index]!, SPREAD)) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.#slots = slots;
  }
}
