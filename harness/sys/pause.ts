// nanosleep(2): blocks the thread, and with it the event loop.
import { bind } from './libc.ts';

const cNanosleep = bind<(time: Uint8Array, rest: null) => number>('nanosleep', 'void *', 'void *');
const NS_PER_SECOND = 1e9;

/** A pause of fixed length. The buffer is made once, so that a pause allocates nothing. */
export const pauseOf = (ns: number): (() => void) => {
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(BigInt(Math.floor(ns / NS_PER_SECOND)), 0);
  time.writeBigInt64LE(BigInt(ns % NS_PER_SECOND), 8);
  return () => {
    cNanosleep(time, null);
  };
};
