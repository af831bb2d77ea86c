// Makes a list of calls: by the C library in one go, or one by one through koffi where there is none.
//
// Does:    strings are laid out and addresses taken before the clock starts; a failed list closes what it has opened.
// Cost:    about 1 us per call of the list, outside of the window.
// Error:   through koffi 0.3 us per call, inside.
import koffi from 'koffi';
import { debugging, noteCalls } from './debug.ts';
import { bind, bindCall, EINTR, lastErrno } from './libc.ts';
import { AGAIN, ALWAYS, type Argument, type ListedCall, PRINT, Result, STORE, WHOLE } from './listed-call.ts';
import { ownCalls } from './own-calls.ts';
import { callNumber } from './syscall-names.ts';
import { bindTimed } from './timed.ts';
import { windows } from './windows.ts';

/** struct timed_call. */
const CALL_BYTES = 88;
const ARGS = 6;
const RESULT_OF_AT = 48;
const NUMBER_AT = 60;
const FLAGS_AT = 64;
const WANTED_AT = 68;
const NOT_YET_AT = 72;
const RESULT_AT = 80;

const CALLS_AT_FIRST = 64;
const TEXT_BYTES_AT_FIRST = 32768;
const LARGEST_TRANSFER_BYTES = 0x7ffff000;

const READ = callNumber('read');
const WRITE = callNumber('write');
const EBUSY = 16;

/** Filled, so that no window meets a page of it for the first time. */
const touched = (bytes: number): Buffer => Buffer.alloc(bytes, 1);

let table = touched(CALLS_AT_FIRST * CALL_BYTES);
let texts = touched(TEXT_BYTES_AT_FIRST);
let textsAddress = koffi.address(texts);

const addressOf = (bytes: Uint8Array): bigint => koffi.address(bytes);

const textBytes = (calls: readonly ListedCall[]): number => {
  let bytes = 0;
  for (const { args } of calls)
    for (const arg of args) if (typeof arg === 'string') bytes += Buffer.byteLength(arg) + 1;
  return bytes;
};

const ensureRoom = (calls: readonly ListedCall[]): void => {
  if (calls.length * CALL_BYTES > table.length) table = touched(2 * calls.length * CALL_BYTES);
  const needed = textBytes(calls);
  if (needed <= texts.length) return;
  texts = touched(2 * needed);
  textsAddress = koffi.address(texts);
};

/** Lays the list out in `table` and `texts`. */
const layOut = (calls: readonly ListedCall[]): void => {
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
  for (const [i, call] of calls.entries()) {
    const at = i * CALL_BYTES;
    for (let n = 0; n < ARGS; n++) {
      const arg = call.args[n] ?? 0;
      table.writeBigInt64LE(encode(arg), at + n * 8);
      table.writeInt16LE(arg instanceof Result ? arg.index : -1, at + RESULT_OF_AT + n * 2);
    }
    table.writeInt32LE(call.number, at + NUMBER_AT);
    table.writeUInt32LE(call.flags ?? 0, at + FLAGS_AT);
    table.writeInt32LE(call.wanted ?? 0, at + WANTED_AT);
    table.writeInt32LE(call.notYet ?? 0, at + NOT_YET_AT);
    table.writeBigInt64LE(-1n, at + RESULT_AT);
  }
};

const resultOf = (index: number): number => Number(table.readBigInt64LE(index * CALL_BYTES + RESULT_AT));

const timedRun = bindTimed<[calls: Buffer, count: number]>('timed_run', 'void *', 'int');
const timedWait = bindTimed<[calls: Buffer, count: number, pauseNs: number, limitNs: number]>(
  'timed_wait',
  'void *',
  'int',
  'int64_t',
  'int64_t',
);

// --- one by one ------------------------------------------------------------------------------------------------------

type Address = number | bigint;
const cSyscall = bindCall<(number: number, ...args: Address[]) => number>(
  ...Array.from({ length: ARGS }, () => 'intptr_t'),
);

const step = (call: ListedCall, given: readonly Argument[]): number => {
  const place = (arg: Argument | undefined): { bytes: Buffer; at: number } =>
    arg !== undefined && typeof arg === 'object' && 'bytes' in arg ? arg : { bytes: arg as Buffer, at: 0 };
  const number = (arg: Argument | undefined): number =>
    arg instanceof Result ? resultOf(arg.index) : Number(arg);
  if (call.number === PRINT) {
    const { bytes, at } = place(given[1]);
    const width = number(given[2]);
    bytes.write(
      width === 0 ? `${number(given[0])}\0` : String(number(given[0])).padStart(width, '/'),
      at,
      'latin1',
    );
    return 0;
  }
  if (call.number === STORE) {
    const { bytes, at } = place(given[1]);
    bytes.writeUInt32LE(number(given[0]) >>> 0, at);
    return 0;
  }
  const { bytes, at } = place(given[0]);
  return (bytes.readUInt32LE(at) & number(given[1])) >>> 0 === number(given[2]) ? 0 : -number(given[3]);
};

const raw = (number: number, args: readonly Address[]): number => {
  if (number === READ) ownCalls.read++;
  if (number === WRITE) ownCalls.write++;
  const result = cSyscall(number, ...args);
  return result < 0 ? -lastErrno() : result;
};

const writeWhole = (number: number, [fd, from, size]: readonly Address[]): number => {
  for (let done = 0; done < Number(size); ) {
    const bytes = Math.min(Number(size) - done, LARGEST_TRANSFER_BYTES);
    const written = raw(number, [fd!, BigInt(from!) + BigInt(done), bytes, 0, 0, 0]);
    if (written >= 0) done += written;
    else if (written !== -EINTR) return written;
  }
  return Number(size);
};

const makeOne = (call: ListedCall, index: number): number => {
  const { number, flags = 0 } = call;
  if (number < 0) return step(call, call.args);
  const at = index * CALL_BYTES;
  const args = Array.from({ length: ARGS }, (_, n): Address => {
    const from = table.readInt16LE(at + RESULT_OF_AT + n * 2);
    return from < 0 ? table.readBigInt64LE(at + n * 8) : resultOf(from);
  });
  if ((flags & WHOLE) !== 0) return writeWhole(number, args);
  for (;;) {
    const result = raw(number, args);
    if (result !== -EINTR || (flags & AGAIN) === 0) return result;
  }
};

const succeeded = ({ wanted = 0 }: ListedCall, result: number): boolean =>
  wanted === 0 ? result >= 0 : result === -wanted;

/** Index of the call that failed, or -1. */
const oneByOne = (calls: readonly ListedCall[]): number => {
  windows.outsideCount++;
  let failed = -1;
  for (const [i, call] of calls.entries()) {
    if (failed >= 0 && ((call.flags ?? 0) & ALWAYS) === 0) continue;
    const result = makeOne(call, i);
    table.writeBigInt64LE(BigInt(result), i * CALL_BYTES + RESULT_AT);
    if (failed < 0 && !succeeded(call, result)) failed = i;
  }
  return failed;
};

// --- both ------------------------------------------------------------------------------------------------------------

const errnoAt = (index: number): number => {
  const result = resultOf(index);
  return result < 0 ? -result : EBUSY;
};

const cClose = bind<(fd: number) => number>('close', 'int');

/** Descriptors that were opened and not closed again. */
const stillOpen = (calls: readonly ListedCall[], failed: number): number[] => {
  const open = new Set<number>();
  for (let i = 0; i < failed; i++) {
    const { opens, closes } = calls[i]!;
    if (opens === true) open.add(resultOf(i));
    if (closes !== undefined) open.delete(resultOf(closes.index));
  }
  return [...open];
};

/** False: something the list asked for was taken by somebody else; all is undone, and it is to be built again. */
export const runList = (calls: readonly ListedCall[], results: readonly Result[]): boolean => {
  layOut(calls);
  const failed = timedRun === null ? oneByOne(calls) : timedRun(table, calls.length).failed;
  if (debugging) noteCalls(calls, failed, resultOf);
  const upTo = failed < 0 ? calls.length : failed;
  for (const result of results) if (result.index < upTo) result.known = resultOf(result.index);
  if (failed < 0) return true;
  const open = stillOpen(calls, failed);
  const errno = errnoAt(failed);
  try {
    calls[failed]!.refuse(errno);
    return false;
  } finally {
    for (const fd of open) cClose(fd);
  }
};

export interface Waiting {
  readonly pauseNs: number;
  readonly limitMs: number;
  /** Polls until it says yes, or the limit passed. */
  poll(condition: () => boolean, limitMs: number): boolean;
}

/** Runs the list until it succeeds; false when the limit passed. */
export const waitList = (calls: readonly ListedCall[], { pauseNs, limitMs, poll }: Waiting): boolean => {
  layOut(calls);
  if (timedWait === null) {
    const ready = (): boolean => {
      const failed = oneByOne(calls);
      if (failed < 0) return true;
      const { wanted, notYet, refuse } = calls[failed]!;
      if (wanted === undefined ? resultOf(failed) !== -(notYet ?? 0) : resultOf(failed) < 0)
        refuse(errnoAt(failed));
      return false;
    };
    return poll(ready, limitMs);
  }
  const { result, failed } = timedWait(table, calls.length, pauseNs, limitMs * 1e6);
  if (failed < 0) return true;
  const { wanted, notYet, refuse } = calls[failed]!;
  const late = wanted === undefined ? resultOf(failed) === -(notYet ?? 0) : resultOf(failed) >= 0;
  if (!late) refuse(-result);
  return false;
};
