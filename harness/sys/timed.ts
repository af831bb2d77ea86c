// The C library that makes a window's calls and reads the clock itself, where it is built and loads.
//
// Needs:   build/timed/libtimed.so, or the library that CFSBENCH_WINDOW names; without it, or with CFSBENCH_WINDOW=koffi, calls are
//          made from here one by one.
// Error:   its two readings of CLOCK_MONOTONIC, 50 ns.
// Cost:    under 1 us per window outside of it.
// Leaves:  nothing.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { fromBytes } from '../model/bytes.ts';
import { ownCalls } from './own-calls.ts';
import { windows } from './windows.ts';

const built = fileURLToPath(new URL('../../timed/libtimed.so', import.meta.url));

const chosen = process.env['CFSBENCH_WINDOW'] ?? '';

export const libraryPath = chosen === '' || chosen === 'koffi' ? built : chosen;

/** Of the declarations in timed.h. */
const VERSION = 2;

/** struct timed_window. */
const WINDOW_BYTES = 4136;
const FAILED_AT = 8;
const READS_AT = 16;
const ERROR_AT = 12;
const WRITES_AT = 24;
const CALL_AT = 32;
const VERITY_AT = 36;
const NAME_AT = 40;

type Library = ReturnType<typeof koffi.load>;

const load = (): Library | null => {
  if (chosen === 'koffi' || !existsSync(libraryPath)) return null;
  try {
    const loaded = koffi.load(libraryPath);
    return loaded.func('timed_version', 'int', [])() === VERSION ? loaded : null;
  } catch {
    return null; // Built for another machine, or from other sources: the slower way works there too.
  }
};

/** Null: calls go through koffi one by one. */
export const library: Library | null = load();

export const windowKind = library === null ? 'calls through koffi' : 'one call';

const told = Buffer.alloc(WINDOW_BYTES, 0);

export interface Ran {
  /** 0, or a negative errno. */
  readonly result: number;
  /** Index of what failed, -1 if nothing did. */
  readonly failed: number;
}

/** Of a loop that just failed: its errno, the system call (0: none) and the file. Bytes of a name are kept as they are. */
export const lastFailure = () => ({
  errno: told.readInt32LE(ERROR_AT),
  call: told.readInt32LE(CALL_AT),
  name: fromBytes(told.subarray(NAME_AT, told.indexOf(0, NAME_AT))),
});

/** Of the ingest that just ran: whether fs-verity was enabled; null where it was not tried. */
export const lastVerity = (): boolean | null => {
  const state = told.readInt32LE(VERITY_AT);
  return state === 0 ? null : state === 1;
};

type Timed<A extends readonly unknown[]> = (...given: A) => Ran;

/** A function of the library whose last parameter is its window. Null where there is no library. */
export const bindTimed = <A extends readonly unknown[]>(name: string, ...args: string[]): Timed<A> | null => {
  if (library === null) return null;
  const called = library.func(name, 'int', [...args, 'void *']) as (...given: unknown[]) => number;
  return (...given) => {
    const result = called(...given, told);
    windows.ns += Number(told.readBigInt64LE(0));
    windows.count++;
    ownCalls.read += Number(told.readBigInt64LE(READS_AT));
    ownCalls.write += Number(told.readBigInt64LE(WRITES_AT));
    return { result, failed: told.readInt32LE(FAILED_AT) };
  };
};
