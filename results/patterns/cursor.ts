// One line on its way through the programs of a tree, and the numbers found in it.
import type { Line } from '../lines.ts';
import { WORD_BYTES } from './program.ts';
import { COUNT, NUMBER, TEXT } from './symbols.ts';

/** So many digits fit into 32 bits, where adding them up is fastest, and so many are exact. */
const INTEGER_DIGITS = 9;
const EXACT_DIGITS = 15;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const [ZERO, NINE, QUOTE, BACKSLASH, COMMA, BRACE] = [0x30, 0x39, 0x22, 0x5c, 0x2c, 0x7d] as const;

/** NaN where JSON has no such number. */
const decimal = (text: string): number => {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
};

export class Cursor {
  at = 0;
  numbers = new Float64Array(0);
  #count = 0;
  #to = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** False for a line so near to the end of the buffer that a word might be read from behind it. */
  start({ bytes, from, to }: Line): boolean {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.at = from;
    this.#to = to;
    this.#count = 0;
    return to + WORD_BYTES <= bytes.length;
  }

  get byte(): number {
    return this.#bytes[this.at]!;
  }

  get isAtEnd(): boolean {
    return this.at === this.#to;
  }

  /**
   * Whether the line goes on as the program says. No bound is checked: a whole line ends before its newline, which no program
   * has, so that no more than a word is read from behind it.
   */
  follow(program: Int32Array): boolean {
    const [bytes, view] = [this.#bytes, this.#view];
    let at = this.at;
    for (let step = 0; step < program.length; ) {
      const length = program[step++]!;
      const end = at + length;
      if (length >= WORD_BYTES) {
        const last = end - WORD_BYTES;
        for (; at < last; at += WORD_BYTES) if (view.getInt32(at, true) !== program[step++]) return false;
        if (view.getInt32(last, true) !== program[step++]) return false;
      } else for (; at < end; at++) if (bytes[at] !== program[step++]) return false;
      this.at = end;
      const symbol = program[step++]!;
      if (symbol === TEXT) this.#skipText();
      else if (symbol >= COUNT && !this.#readNumber(symbol)) return false;
      at = this.at;
    }
    return true;
  }

  #skipText(): void {
    const bytes = this.#bytes;
    let at = this.at;
    for (let byte = bytes[at]!; byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH; )
      byte = bytes[++at]!;
    this.at = at;
  }

  #readNumber(symbol: number): boolean {
    const bytes = this.#bytes;
    const start = this.at;
    const wide = start + INTEGER_DIGITS;
    let at = start;
    let value = 0;
    let byte = bytes[at]!;
    for (; byte >= ZERO && byte <= NINE && at < wide; byte = bytes[++at]!)
      value = (10 * value + byte - ZERO) | 0;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) value = 10 * value + (byte - ZERO);
    const digits = at - start;
    const isExact = digits > 0 && digits <= EXACT_DIGITS && (digits === 1 || bytes[start] !== ZERO);
    if (!isExact || (byte !== COMMA && byte !== BRACE)) {
      if (symbol !== NUMBER) return false;
      while (at < this.#to && bytes[at] !== COMMA && bytes[at] !== BRACE) at++;
      value = decimal(bytes.toString('latin1', start, at));
      if (Number.isNaN(value)) return false;
    }
    this.at = at;
    this.numbers[this.#count++] = value;
    return true;
  }
}
