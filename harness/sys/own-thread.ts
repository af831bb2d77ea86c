// Tells what the window's thread did as its work from what else happened on it.
//
// Does:    moves calls from the thread's account to that of the other threads: those made while it only polled for a
//          condition, and every read(2) and write(2) that did not come from the harness's own code.
// Error:   none: calls are moved, never dropped or invented.
import type { CallCounter, CallSnapshot } from '../model/machine.ts';
import { ownCalls } from './own-calls.ts';

const NONE: ReadonlyMap<string, number> = new Map();
const SHARED = ['read', 'write'] as const;

type Calls = Map<string, number>;

const add = (into: Calls, name: string, count: number): void => {
  const sum = (into.get(name) ?? 0) + count;
  if (sum === 0) into.delete(name);
  else into.set(name, sum);
};

export interface OwnThreadCounter extends CallCounter {
  /** Whatever this thread calls inside is not its work. */
  aside<T>(wait: () => T): T;
}

export const tellOwnWorkApart = (counter: CallCounter): OwnThreadCounter => {
  const begun = { ...ownCalls };
  const waited: Calls = new Map();
  const waitedOwn = { read: 0, write: 0 };
  const ownMain = (): ReadonlyMap<string, number> => counter.snapshot().get(process.pid)?.main ?? NONE;

  /** Of the shared calls the foreign ones, of the others those made while waiting. */
  const notWork = (main: ReadonlyMap<string, number>): Calls => {
    const moved: Calls = new Map(waited);
    for (const name of SHARED) {
      const work = ownCalls[name] - begun[name] - waitedOwn[name];
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
      const main: Calls = new Map(own.main);
      const otherThreads: Calls = new Map(own.otherThreads);
      for (const [name, count] of notWork(own.main)) {
        add(main, name, -count);
        add(otherThreads, name, count);
      }
      return all.set(process.pid, { main, otherThreads });
    },
    aside(wait) {
      const before = ownMain();
      const { read, write } = ownCalls;
      try {
        return wait();
      } finally {
        for (const [name, count] of ownMain()) add(waited, name, count - (before.get(name) ?? 0));
        waitedOwn.read += ownCalls.read - read;
        waitedOwn.write += ownCalls.write - write;
      }
    },
  };
};
