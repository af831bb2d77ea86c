// Loads the C library that makes the calls of a window and reads the clock.
//
// Needs:   build/timed/libtimed.so, or the library that CFSBENCH_WINDOW names. Without it, or with CFSBENCH_WINDOW=koffi, each call is
//          made through koffi.
// Error:   two readings of CLOCK_MONOTONIC, 50 ns.
// Cost:    under 1 us per window, outside it.
// Leaves:  nothing.
import { existsSync } from 'node:fs';
import koffi from 'koffi';
import { fromBytes } from '../model/bytes.ts';
import type { Ingested } from '../model/machine.ts';
import { timedLibrary } from '../native/paths.ts';
import { ownCalls } from './own-calls.ts';
import { windows } from './windows.ts';

const chosen = process.env['CFSBENCH_WINDOW'] ?? '';

export const libraryPath = chosen === '' || chosen === 'koffi' ? timedLibrary : chosen;

/** TIMED version of the header with these declarations. */
const VERSION = 9;

/** struct timed_window. */
const WINDOW_BYTES = 4160;
const FAILED_AT = 8;
const READS_AT = 16;
const ERROR_AT = 12;
const WRITES_AT = 24;
const CALL_AT = 32;
const VERITY_AT = 36;
const VERITY_NS_AT = 40;
const VERITY_CALLS_AT = 48;
const VERITY_FILES_AT = 56;
const NAME_AT = 64;

type Library = ReturnType<typeof koffi.load>;

const load = (): Library | null => {
  if (chosen === 'koffi' || !existsSync(libraryPath)) return null;
  try {
    const loaded = koffi.load(libraryPath);
    if (loaded.func('timed_version', 'int', [])() !== VERSION) return null;
    // Pauses of 20 us took 70. Once, before anything is counted: the setting belongs to the thread.
    loaded.func('timed_exact_pauses', 'void', [])();
    return loaded;
  } catch {
    return null; // Built for another machine or from other sources: fall back to koffi.
  }
};

/** Null: calls are made through koffi. */
export const library: Library | null = load();

export const windowKind = library === null ? 'calls through koffi' : 'one call';

const windowBytes = Buffer.alloc(WINDOW_BYTES, 0);

export interface TimedResult {
  /** 0, or a negative errno. */
  readonly result: number;
  /** Index of the failed call or object, -1 without a failure. */
  readonly failed: number;
  readonly wallNs: number;
}

/** The last failure of a batch operation: errno, number of the system call (0: none) and bytes of the file's name. */
export const lastFailure = () => ({
  errno: windowBytes.readInt32LE(ERROR_AT),
  call: windowBytes.readInt32LE(CALL_AT),
  name: fromBytes(windowBytes.subarray(NAME_AT, windowBytes.indexOf(0, NAME_AT))),
});

/** Facts about fs-verity of the last ingest. */
export const lastVerity = (): Ingested => {
  const state = windowBytes.readInt32LE(VERITY_AT);
  if (state !== 1) return { verity: state === 0 ? null : false, enabling: null };
  const [ns, callCount, objectCount] = [VERITY_NS_AT, VERITY_CALLS_AT, VERITY_FILES_AT].map((at) =>
    Number(windowBytes.readBigInt64LE(at)),
  );
  return { verity: true, enabling: { ns: ns!, callCount: callCount!, objectCount: objectCount! } };
};

type TimedFunction<A extends readonly unknown[]> = (...given: A) => TimedResult;

/** A function of the library whose last parameter is its window. Null without the library. */
export const bindTimed = <A extends readonly unknown[]>(
  name: string,
  ...args: string[]
): TimedFunction<A> | null => {
  if (library === null) return null;
  const called = library.func(name, 'int', [...args, 'void *']) as (...given: unknown[]) => number;
  return (...given) => {
    const result = called(...given, windowBytes);
    const wallNs = Number(windowBytes.readBigInt64LE(0));
    windows.ns += wallNs;
    windows.count++;
    ownCalls.read += Number(windowBytes.readBigInt64LE(READS_AT));
    ownCalls.write += Number(windowBytes.readBigInt64LE(WRITES_AT));
    return { result, failed: windowBytes.readInt32LE(FAILED_AT), wallNs };
  };
};
