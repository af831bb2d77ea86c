// What a line is compared with, four bytes at a time: a quarter of the time of doing it byte by byte.
import { COUNT } from './symbols.ts';

/** Of what is shorter each byte is compared by itself. */
export const WORD_BYTES = 4;

const word = (bytes: Uint16Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

const compared = (bytes: Uint16Array): readonly number[] => {
  if (bytes.length < WORD_BYTES) return [...bytes];
  const last = bytes.length - WORD_BYTES;
  const words = Array.from({ length: Math.ceil(last / WORD_BYTES) }, (_, i) => word(bytes, WORD_BYTES * i));
  // The last one may overlap the one before it, so that no byte is left over.
  return [...words, word(bytes, last)];
};

/** Again and again: how many bytes, what to compare them with, and the symbol behind them, which is 0 at the end. */
export const programOf = (symbols: Uint16Array): Int32Array => {
  const program: number[] = [];
  let from = 0;
  for (let at = 0; at <= symbols.length; at++) {
    const symbol = symbols[at] ?? 0;
    if (at < symbols.length && symbol < COUNT) continue;
    program.push(at - from);
    for (const one of compared(symbols.subarray(from, at))) program.push(one);
    program.push(symbol);
    from = at + 1;
  }
  return Int32Array.from(program);
};
