// Debug output on standard error, switched on by CFSBENCH_DEBUG=1: phases, mount calls with their results, and the memory of this process.
//
// Does:   notes calls while a window is open and prints them after it is closed.
// Cost:   when off, one comparison for each list of calls and for each slot.
import { getSystemErrorName } from 'node:util';
import type { Phase, Slot } from '../model/scenario.ts';
import { type Argument, type ListedCall, Result } from './listed-call.ts';
import { callName } from './syscall-names.ts';

export const debugging = process.env['CFSBENCH_DEBUG'] === '1';

const MOUNT_CALLS = new Set([
  'fsopen',
  'fsconfig',
  'fsmount',
  'move_mount',
  'open_tree',
  'mount_setattr',
  'umount2',
]);
const AT_FDCWD = -100;

let notes: string[] = [];

export const printDebug = (line: string): void => {
  process.stderr.write(`debug: ${line}\n`);
};

const printNotes = (): void => {
  for (const line of notes) printDebug(`  ${line}`);
  notes = [];
};

/** Texts that contain the number of a descriptor are laid out in a buffer, padded with NULs. */
const bytesText = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  const text = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
  return end > 0 && /^[\x20-\x7e]+$/.test(text) ? JSON.stringify(text) : `<${bytes.length} bytes>`;
};

const argumentText = (arg: Argument, resultOf: (index: number) => number): string => {
  if (arg === AT_FDCWD) return 'AT_FDCWD';
  if (typeof arg === 'number') return String(arg);
  if (typeof arg === 'string') return JSON.stringify(arg);
  if (arg instanceof Result) return String(resultOf(arg.index));
  return bytesText('bytes' in arg ? arg.bytes : arg);
};

const resultText = (result: number): string => (result < 0 ? getSystemErrorName(result) : String(result));

/** Mount calls of a list that was just made, up to and including the one that failed. */
export const noteCalls = (
  calls: readonly ListedCall[],
  failed: number,
  resultOf: (index: number) => number,
): void => {
  const made = failed < 0 ? calls : calls.slice(0, failed + 1);
  for (const [index, { number, args }] of made.entries()) {
    const name = number < 0 ? '' : callName(number);
    if (!MOUNT_CALLS.has(name)) continue;
    const texts = args.map((arg) => argumentText(arg, resultOf));
    notes.push(`${name}(${texts.join(', ')}) = ${resultText(resultOf(index))}`);
  }
};

type RunPhase = <T>(name: Phase, work: () => Promise<T>) => Promise<T>;

/** The phases of a slot, each printed when it begins and when it has ended. */
export const debugPhases = (slot: Slot, phase: RunPhase): RunPhase => {
  if (!debugging) return phase;
  const where = `slot ${slot.seq}, ${slot.pass} pass, ${slot.scenario} on ${slot.arm}`;
  return async (name, work) => {
    printNotes();
    printDebug(`${where}: ${name} begins`);
    const from = process.hrtime.bigint();
    try {
      return await phase(name, work);
    } finally {
      const ms = Number(process.hrtime.bigint() - from) / 1e6;
      printNotes();
      printDebug(`${where}: ${name} ended after ${ms.toFixed(3)} ms`);
    }
  };
};

const MIB = 2 ** 20;

/** Of this process, after a slot: whether it grows, and in which part. */
export const debugMemory = (): void => {
  if (!debugging) return;
  const parts = Object.entries(process.memoryUsage()).map(
    ([name, bytes]) => `${name} ${(bytes / MIB).toFixed(2)} MiB`,
  );
  printDebug(`memory: ${parts.join(', ')}`);
};
