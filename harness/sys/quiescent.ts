// Waits until a server sleeps and did not run in between: then its counts stand still.
//
// Reads:   /proc/PID/task/TID/stat and schedstat, twice.
// Error:   a server that only pauses longer than the interval looks quiet; requests that are queued wake it before that.
// Cost:    at least one interval; never inside a timed window.
// Source:  Documentation/scheduler/sched-stats.rst: the third number of schedstat counts the times a thread was put on a CPU.
import { readdirSync, readFileSync } from 'node:fs';
import { nowNs } from './clock.ts';
import { bind } from './libc.ts';

const cNanosleep = bind<(time: Uint8Array, rest: null) => number>('nanosleep', 'void *', 'void *');
const INTERVAL_NS = 500_000;
const LIMIT_NS = 2e9;
const interval = Buffer.alloc(16);
interval.writeBigInt64LE(BigInt(INTERVAL_NS), 8);

type Look =
  | { readonly kind: 'gone' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'asleep'; readonly runs: string };

const stateOf = (stat: string): string => stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);

const look = (pid: number): Look => {
  try {
    let runs = '';
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const state = stateOf(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1'));
      if (state === 'Z' || state === 'X') continue;
      if (state !== 'S') return { kind: 'busy' };
      runs += `${thread} ${readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1')}`;
    }
    return runs === '' ? { kind: 'gone' } : { kind: 'asleep', runs };
  } catch {
    return { kind: 'gone' };
  }
};

export const quiescent = (pid: number): boolean => {
  const untilNs = nowNs() + LIMIT_NS;
  let before: Look = { kind: 'busy' };
  for (;;) {
    const now = look(pid);
    if (now.kind === 'gone') return true;
    if (now.kind === 'asleep' && before.kind === 'asleep' && now.runs === before.runs) return true;
    if (nowNs() >= untilNs) return false;
    before = now;
    cNanosleep(interval, null);
  }
};
