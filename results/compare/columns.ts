// Values by block, eight bytes each: the metrics of one arm share one list of blocks.
import type { ByBlock } from '../stats/log-ratio.ts';

const FIRST_ROWS = 8;

/** With room for as much again, which takes no memory before it is written to. */
const grown = (values: Float64Array<ArrayBuffer>, needed: number): Float64Array<ArrayBuffer> => {
  if (needed <= values.length) return values;
  const longer = new Float64Array(Math.max(FIRST_ROWS, needed, 2 * values.length));
  longer.set(values);
  return longer;
};

/** The blocks of one arm in the order in which they came. */
export class BlockRows {
  count = 0;
  #blocks = new Float64Array(0);
  /** Only once a block came out of order; blocks that ascend are found by halving. */
  #index: Map<number, number> | null = null;
  /** Where the last block was found: the next one that is asked for mostly follows it. */
  #found = 0;

  blockAt(row: number): number {
    return this.#blocks[row]!;
  }

  find(block: number): number {
    if (this.#blocks[this.#found] === block) return this.#found;
    const next = this.#found + 1;
    const row = next < this.count && this.#blocks[next] === block ? next : this.#search(block);
    if (row >= 0) this.#found = row;
    return row;
  }

  #search(block: number): number {
    if (this.#index !== null) return this.#index.get(block) ?? -1;
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#blocks[middle]!;
      if (found === block) return middle;
      if (found < block) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The row of a block, which is a new one where it was not there. */
  rowOf(block: number): number {
    const last = this.count === 0 ? Number.NEGATIVE_INFINITY : this.blockAt(this.count - 1);
    if (this.#index !== null || block <= last) {
      const found = this.find(block);
      if (found >= 0) return found;
      this.#index ??= new Map(Array.from({ length: this.count }, (_, row) => [this.blockAt(row), row]));
    }
    this.#blocks = grown(this.#blocks, this.count + 1);
    this.#blocks[this.count] = block;
    this.#index?.set(block, this.count);
    return this.count++;
  }
}

/** One metric of one arm, read as a map from block to value. A measured value is finite, so NaN marks a row without one. */
export class Column implements ByBlock {
  readonly #rows: BlockRows;
  #values = new Float64Array(0);
  /** Rows up to the last one with a value. */
  #count = 0;
  size = 0;

  constructor(rows: BlockRows) {
    this.#rows = rows;
  }

  set(row: number, value: number): void {
    if (row >= this.#count) {
      this.#values = grown(this.#values, row + 1);
      if (row > this.#count) this.#values.fill(Number.NaN, this.#count, row);
      this.#count = row + 1;
      this.size++;
    } else if (Number.isNaN(this.#values[row]!)) this.size++;
    this.#values[row] = value;
  }

  get(block: number): number | undefined {
    const row = this.#rows.find(block);
    const value = row >= 0 && row < this.#count ? this.#values[row]! : Number.NaN;
    return Number.isNaN(value) ? undefined : value;
  }

  has(block: number): boolean {
    return this.get(block) !== undefined;
  }

  forEach(work: (value: number, block: number, map: ByBlock) => void): void {
    for (let row = 0; row < this.#count; row++) {
      const value = this.#values[row]!;
      if (!Number.isNaN(value)) work(value, this.#rows.blockAt(row), this);
    }
  }

  *entries(): Generator<[number, number], undefined> {
    for (let row = 0; row < this.#count; row++) {
      const value = this.#values[row]!;
      if (!Number.isNaN(value)) yield [this.#rows.blockAt(row), value];
    }
  }

  *keys(): Generator<number, undefined> {
    for (const [block] of this) yield block;
  }

  *values(): Generator<number, undefined> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Generator<[number, number], undefined> {
    return this.entries();
  }
}
