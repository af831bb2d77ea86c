// Lines that differ from an earlier one in nothing but their numbers and their instant. A journal of a million samples has a few
// hundred such patterns, and to compare a line with them takes a quarter of the time that parsing it does.
//
// A pattern is learned from a line that was parsed and checked, and only from one that reads as this program writes it. A line
// of the same pattern, with numbers of the same kind in the same places, would be parsed to the same sample with those numbers.
// Any other line is not recognised, which costs time and nothing else.
import type { Line } from '../lines.ts';
import { Cursor } from './cursor.ts';
import { COUNT, type OkSample, type Places, placesOf, symbolsOf } from './symbols.ts';
import { emptyTree, type Node, withSequence } from './tree.ts';

/** Bounds the memory of a journal in which no two lines are alike. */
const MOST_SYMBOLS = 4_000_000;

const nextOf = <T>({ next }: Node<T>, byte: number): Node<T> | null => {
  for (let i = 0; i < next.length; i++) {
    const one = next[i]!;
    if (one.first === byte || one.first >= COUNT) return one;
  }
  return null;
};

export class Patterns<T> {
  readonly #cursor = new Cursor();
  #tree = emptyTree<T>();
  #symbolCount = 0;

  /** Of the line that was found last; valid until the next one is looked for. */
  get numbers(): Float64Array {
    return this.#cursor.numbers;
  }

  /** From a sample and the line that it was read from. */
  learn(line: string, sample: OkSample, make: (places: Places) => T): void {
    const symbols = this.#symbolCount < MOST_SYMBOLS ? symbolsOf(line, sample) : null;
    if (symbols === null) return;
    const places = placesOf(sample);
    if (this.numbers.length < places.count) this.#cursor.numbers = new Float64Array(places.count);
    this.#symbolCount += symbols.length;
    this.#tree = withSequence(this.#tree, symbols, make(places));
  }

  /** Null for a line of no known pattern. */
  find(line: Line): T | null {
    const cursor = this.#cursor;
    if (!cursor.start(line)) return null;
    let node: Node<T> | null = this.#tree;
    while (node !== null && cursor.follow(node.program)) {
      if (cursor.isAtEnd) return node.found;
      node = nextOf(node, cursor.byte);
    }
    return null;
  }
}
