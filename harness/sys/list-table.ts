// The memory in which a call list is passed to the C library: a table of struct timed_call, and the strings of its arguments.
//
// Cost:    about 1 us per call to lay out, outside the window.
import koffi from 'koffi';
import { type Argument, type ListedCall, OPENS, Result } from './listed-call.ts';

/** struct timed_call. */
export const CALL_BYTES = 88;
export const ARGS = 6;
const RESULT_OF_AT = 48;
const NUMBER_AT = 60;
const FLAGS_AT = 64;
const WANTED_AT = 68;
const NOT_YET_AT = 72;
const RESULT_AT = 80;

const INITIAL_CALLS = 64;
const INITIAL_TEXT_BYTES = 32768;

/** Filled, so that no page fault happens inside a window. */
const filled = (bytes: number): Buffer => Buffer.alloc(bytes, 1);

export let table = filled(INITIAL_CALLS * CALL_BYTES);
let texts = filled(INITIAL_TEXT_BYTES);
let textsAddress = koffi.address(texts);

const addressOf = (bytes: Uint8Array): bigint => koffi.address(bytes);

const textBytes = (calls: readonly ListedCall[]): number => {
  let bytes = 0;
  for (const { args } of calls)
    for (const arg of args) if (typeof arg === 'string') bytes += Buffer.byteLength(arg) + 1;
  return bytes;
};

const ensureRoom = (calls: readonly ListedCall[]): void => {
  if (calls.length * CALL_BYTES > table.length) table = filled(2 * calls.length * CALL_BYTES);
  const needed = textBytes(calls);
  if (needed <= texts.length) return;
  texts = filled(2 * needed);
  textsAddress = koffi.address(texts);
};

/** Writes one struct timed_call. `encode` gives an argument that is no earlier result. */
export const encodeCall = (
  into: Buffer,
  at: number,
  call: ListedCall,
  encode: (arg: Argument) => bigint,
): void => {
  for (let n = 0; n < ARGS; n++) {
    const arg = call.args[n] ?? 0;
    into.writeBigInt64LE(encode(arg), at + n * 8);
    into.writeInt16LE(arg instanceof Result ? arg.index : -1, at + RESULT_OF_AT + n * 2);
  }
  into.writeInt32LE(call.number, at + NUMBER_AT);
  into.writeUInt32LE((call.flags ?? 0) | (call.opens === true ? OPENS : 0), at + FLAGS_AT);
  into.writeInt32LE(call.wanted ?? 0, at + WANTED_AT);
  into.writeInt32LE(call.notYet ?? 0, at + NOT_YET_AT);
  into.writeBigInt64LE(-1n, at + RESULT_AT);
};

/** Writes the list to `table` and its strings to `texts`. */
export const layOut = (calls: readonly ListedCall[]): void => {
  ensureRoom(calls);
  let textAt = 0;
  const encode = (arg: Argument): bigint => {
    if (typeof arg === 'number') return BigInt(arg);
    if (typeof arg === 'string') {
      const address = textsAddress + BigInt(textAt);
      textAt += texts.write(arg, textAt, 'utf8');
      texts[textAt++] = 0;
      return address;
    }
    if (arg instanceof Result) return 0n;
    return 'bytes' in arg ? addressOf(arg.bytes) + BigInt(arg.at) : addressOf(arg);
  };
  for (const [i, call] of calls.entries()) encodeCall(table, i * CALL_BYTES, call, encode);
};

export const resultOf = (index: number): number =>
  Number(table.readBigInt64LE(index * CALL_BYTES + RESULT_AT));

export const setResult = (index: number, result: number): void => {
  table.writeBigInt64LE(BigInt(result), index * CALL_BYTES + RESULT_AT);
};

/** Arguments of a call, with the results of earlier calls filled in. */
export const argumentsOf = (index: number): readonly (number | bigint)[] =>
  Array.from({ length: ARGS }, (_, n) => {
    const at = index * CALL_BYTES;
    const from = table.readInt16LE(at + RESULT_OF_AT + n * 2);
    return from < 0 ? table.readBigInt64LE(at + n * 8) : resultOf(from);
  });
