// Lines that differ from an earlier one in nothing but their numbers and their instant. A journal of a million samples has a few
// hundred such patterns, and to compare a line with them takes a fraction of the time that parsing and checking it does.
//
// A pattern is learned from a line that was parsed and checked, and only from one that reads as this program writes it. A line
// of the same pattern, with numbers of the same kind in the same places, would be parsed to the same sample with those numbers.
// Any other line is not recognised, which costs time and nothing else.
import type { Line } from '../lines.ts';
import { WORD_BYTES } from './program.ts';
import { COUNT, NUMBER, type OkSample, type Places, placesOf, symbolsOf, TEXT } from './symbols.ts';
import { emptyTree, type Node, withSequence } from './tree.ts';

/** Bounds the memory of a journal in which no two lines are alike. */
const MOST_SYMBOLS = 8_000_000;
/** So many digits added up are exact. */
const MOST_DIGITS = 15;
/** So many fit into 32 bits, in which they add up three times as fast. */
const INTEGER_DIGITS = 9;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const [ZERO, NINE, QUOTE, BACKSLASH, COMMA, BRACE] = [0x30, 0x39, 0x22, 0x5c, 0x2c, 0x7d] as const;

const endOfText = (bytes: Buffer, from: number): number => {
  let at = from;
  for (let byte = bytes[at]!; byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH; )
    byte = bytes[++at]!;
  return at;
};

const endOfNumber = (bytes: Buffer, from: number, to: number): number => {
  let at = from;
  while (at < to && bytes[at] !== COMMA && bytes[at] !== BRACE) at++;
  return at;
};

/** NaN where JSON has no such number. */
const decimal = (text: string): number => {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
};

const nextOf = <T>({ next }: Node<T>, byte: number): Node<T> | null => {
  for (let i = 0; i < next.length; i++) {
    const one = next[i]!;
    if (one.first === byte || one.first >= COUNT) return one;
  }
  return null;
};

export class Patterns<T> {
  /** Those of the line that was recognised last. */
  numbers = new Float64Array(0);
  #tree = emptyTree<T>();
  #symbolCount = 0;
  #viewed: Buffer = Buffer.alloc(0);
  #view = new DataView(this.#viewed.buffer, 0, 0);

  /** From a sample and the line that it was read from. */
  learn(line: string, sample: OkSample, make: (places: Places) => T): void {
    const symbols = this.#symbolCount < MOST_SYMBOLS ? symbolsOf(line, sample) : null;
    if (symbols === null) return;
    const places = placesOf(sample);
    if (this.numbers.length < places.count) this.numbers = new Float64Array(places.count);
    this.#symbolCount += symbols.length;
    this.#tree = withSequence(this.#tree, symbols, make(places));
  }

  /** Null for a line of no known pattern. */
  find({ bytes, from, to }: Line): T | null {
    // A whole line ends before its newline, which no pattern has: no more than a word is read behind it.
    if (to + WORD_BYTES > bytes.length) return null;
    const view = this.#viewOf(bytes);
    const { numbers } = this;
    let node = this.#tree;
    let at = from;
    let count = 0;
    for (;;) {
      const { program } = node;
      for (let step = 0; step < program.length; ) {
        const length = program[step++]!;
        const end = at + length;
        if (length >= WORD_BYTES) {
          const last = end - WORD_BYTES;
          for (; at < last; at += WORD_BYTES) if (view.getInt32(at, true) !== program[step++]) return null;
          if (view.getInt32(last, true) !== program[step++]) return null;
          at = end;
        } else while (at < end) if (bytes[at++] !== program[step++]) return null;
        const symbol = program[step++]!;
        if (symbol === TEXT) at = endOfText(bytes, at);
        else if (symbol >= COUNT) {
          const start = at;
          const wide = start + INTEGER_DIGITS;
          let value = 0;
          let byte = bytes[at]!;
          for (; byte >= ZERO && byte <= NINE && at < wide; byte = bytes[++at]!)
            value = (10 * value + byte - ZERO) | 0;
          for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) value = 10 * value + (byte - ZERO);
          const digits = at - start;
          const isPlain = digits > 0 && digits <= MOST_DIGITS && (digits === 1 || bytes[start] !== ZERO);
          if (!isPlain || (byte !== COMMA && byte !== BRACE)) {
            if (symbol !== NUMBER) return null;
            at = endOfNumber(bytes, start, to);
            value = decimal(bytes.toString('latin1', start, at));
            if (Number.isNaN(value)) return null;
          }
          numbers[count++] = value;
        }
      }
      if (at === to) return node.found;
      const next = nextOf(node, bytes[at]!);
      if (next === null) return null;
      node = next;
    }
  }

  #viewOf(bytes: Buffer): DataView {
    if (this.#viewed !== bytes) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }
}
