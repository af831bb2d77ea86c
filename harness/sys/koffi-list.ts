// Makes a call list through koffi, call by call, on machines without the C library.
//
// Error:   0.3 us per call, inside the window.
import { bindCall, ECANCELED, EINTR, lastErrno } from './libc.ts';
import { ARGS, argumentsOf, resultOf, setResult } from './list-table.ts';
import {
  AGAIN,
  ALWAYS,
  type Argument,
  type ListedCall,
  PRINT,
  Result,
  STORE,
  TO_END,
  WHOLE,
} from './listed-call.ts';
import { ownCalls } from './own-calls.ts';
import { callNumber } from './syscall-names.ts';
import { windows } from './windows.ts';

const LARGEST_TRANSFER_BYTES = 0x7ffff000;
const READ = callNumber('read');
const WRITE = callNumber('write');

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
  const args = argumentsOf(index);
  if ((flags & WHOLE) !== 0) return writeWhole(number, args);
  for (;;) {
    const result = raw(number, args);
    const again = (result === -EINTR && (flags & AGAIN) !== 0) || (result > 0 && (flags & TO_END) !== 0);
    if (!again) return result;
  }
};

const succeeded = ({ wanted = 0 }: ListedCall, result: number): boolean =>
  wanted === 0 ? result >= 0 : result === -wanted;

/** Makes the list and returns the index of the failed call, or -1. */
export const runThroughKoffi = (calls: readonly ListedCall[]): number => {
  windows.outsideCount++;
  let failed = -1;
  for (const [i, call] of calls.entries()) {
    if (failed >= 0 && ((call.flags ?? 0) & ALWAYS) === 0) {
      // Not the descriptor of an earlier pass, which is closed.
      setResult(i, -ECANCELED);
      continue;
    }
    const result = makeOne(call, i);
    setResult(i, result);
    if (failed < 0 && !succeeded(call, result)) failed = i;
  }
  return failed;
};
