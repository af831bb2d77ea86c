// Separates the harness's work from other calls on the window's thread.
//
// Does:    moves calls from the main thread's counts to those of the other threads: calls while the harness polled for a condition,
//          and read(2) and write(2) calls of the runtime.
// Error:   none: calls are moved, never dropped or added.
import { UserError } from '../model/errors.ts';
import type { CallCounter, CallSnapshot } from '../model/machine.ts';
import { ownCalls } from './own-calls.ts';

const NONE: ReadonlyMap<string, number> = new Map();
const SHARED = ['read', 'write'] as const;

type CallCounts = Map<string, number>;

const add = (into: CallCounts, name: string, count: number): void => {
  const sum = (into.get(name) ?? 0) + count;
  if (sum === 0) into.delete(name);
  else into.set(name, sum);
};

export interface OwnThreadCounter extends CallCounter {
  /** Runs `wait`; its calls do not count as work. */
  exclude<T>(wait: () => T): T;
}

/** After a lost count every snapshot throws: who asks for the counts learns it, and a wait goes on. */
const mainCalls = (counter: CallCounter): ReadonlyMap<string, number> => {
  try {
    return counter.snapshot().get(process.pid)?.main ?? NONE;
  } catch (error) {
    if (error instanceof UserError && error.code === 'lost-counts') return NONE;
    throw error;
  }
};

export const separateOwnWork = (counter: CallCounter): OwnThreadCounter => {
  const atStart = { ...ownCalls };
  const waited: CallCounts = new Map();
  const waitedOwn = { read: 0, write: 0 };

  /** read and write calls of the runtime, and all other calls while waiting. */
  const notWork = (main: ReadonlyMap<string, number>): CallCounts => {
    const moved: CallCounts = new Map(waited);
    for (const name of SHARED) {
      const work = ownCalls[name] - atStart[name] - waitedOwn[name];
      moved.set(name, (main.get(name) ?? 0) - work);
    }
    return moved;
  };

  return {
    source: counter.source,
    close: () => counter.close(),
    snapshot(): CallSnapshot {
      const all = new Map(counter.snapshot());
      const own = all.get(process.pid);
      if (own === undefined) return all;
      const main: CallCounts = new Map(own.main);
      const otherThreads: CallCounts = new Map(own.otherThreads);
      for (const [name, count] of notWork(own.main)) {
        add(main, name, -count);
        add(otherThreads, name, count);
      }
      return all.set(process.pid, { main, otherThreads });
    },
    exclude(wait) {
      const before = mainCalls(counter);
      const { read, write } = ownCalls;
      try {
        return wait();
      } finally {
        for (const [name, count] of mainCalls(counter)) add(waited, name, count - (before.get(name) ?? 0));
        waitedOwn.read += ownCalls.read - read;
        waitedOwn.write += ownCalls.write - write;
      }
    },
  };
};
