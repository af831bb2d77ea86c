// Numbers of blocks in a pool, which name the machine and the run of a block, and a compact table of their values.
//
// Cost:    16 bytes for each value; a Map takes 80, since keys beyond 2^31 are objects.
import type { ByBlock } from './log-ratio.ts';

/** Each session of a run has 2^20 block numbers. */
const BLOCKS_PER_SESSION = 2 ** 20;
const SESSIONS_PER_RUN = 2 ** 10;
const RUNS_PER_MACHINE = 2 ** 12;
const BLOCKS_PER_RUN = BLOCKS_PER_SESSION * SESSIONS_PER_RUN;
const BLOCKS_PER_MACHINE = BLOCKS_PER_RUN * RUNS_PER_MACHINE;

/** Limits from block numbers below 2^53. */
export const MOST_RUNS_OF_MACHINE = RUNS_PER_MACHINE - 1;
export const MOST_MACHINES = 2 ** 11 - 1;
export const MOST_SESSIONS = SESSIONS_PER_RUN;

/** No pair spans two sessions. */
export const firstBlockOfSession = (session: number): number => session * BLOCKS_PER_SESSION;

/** `run` and `machine` count from 1, runs within their machine; blocks of a run alone keep their numbers. */
export const firstBlockOf = (run: number, machine = 1): number =>
  machine * BLOCKS_PER_MACHINE + run * BLOCKS_PER_RUN;

export const machineOf = (block: number): number => Math.floor(block / BLOCKS_PER_MACHINE);

/** Unique over all machines. */
export const runOf = (block: number): number => Math.floor(block / BLOCKS_PER_RUN);

/** Whether the blocks are those of a pool. */
export const isPooled = (values: ByBlock): boolean => {
  for (const block of values.keys()) return machineOf(block) > 0;
  return false;
};

const FIRST_CAPACITY = 64;
const GROWTH = 1.5;

type Doubles = Float64Array<ArrayBuffer>;

const grown = (old: Doubles, count: number): Doubles => {
  const made = new Float64Array(Math.ceil(Math.max(FIRST_CAPACITY, count * GROWTH)));
  made.set(old);
  return made;
};

/** Values by block; blocks are appended in ascending order. */
export class PooledBlocks implements ReadonlyMap<number, number> {
  #blocks: Doubles = new Float64Array(0);
  #values: Doubles = new Float64Array(0);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The blocks of a further run, in any order; all are above those so far. */
  append(run: ByBlock): void {
    const needed = this.#count + run.size;
    if (needed > this.#blocks.length) {
      this.#blocks = grown(this.#blocks, needed);
      this.#values = grown(this.#values, needed);
    }
    for (const [block, value] of [...run].sort(([a], [b]) => a - b)) {
      this.#blocks[this.#count] = block;
      this.#values[this.#count++] = value;
    }
  }

  /** Frees the memory that was reserved for further runs. */
  trim(): void {
    this.#blocks = this.#blocks.slice(0, this.#count);
    this.#values = this.#values.slice(0, this.#count);
  }

  /** Position of the block, or -1. */
  #find(block: number): number {
    let [low, high] = [0, this.#count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#blocks[middle]!;
      if (found === block) return middle;
      if (found < block) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  get(block: number): number | undefined {
    const at = this.#find(block);
    return at < 0 ? undefined : this.#values[at];
  }

  has(block: number): boolean {
    return this.#find(block) >= 0;
  }

  forEach(visit: (value: number, block: number, map: ReadonlyMap<number, number>) => void): void {
    for (let at = 0; at < this.#count; at++) visit(this.#values[at]!, this.#blocks[at]!, this);
  }

  *entries(): MapIterator<[number, number]> {
    for (let at = 0; at < this.#count; at++) yield [this.#blocks[at]!, this.#values[at]!];
  }

  keys(): MapIterator<number> {
    return this.#blocks.subarray(0, this.#count).values();
  }

  values(): MapIterator<number> {
    return this.#values.subarray(0, this.#count).values();
  }

  [Symbol.iterator](): MapIterator<[number, number]> {
    return this.entries();
  }
}
