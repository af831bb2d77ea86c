// Waits until servers sleep and did not run in between: then their counts stand still. All at once: each window of a slot with
// many servers would else cost a pause for every one of them.
//
// Reads:   /proc/PID/task/TID/stat and schedstat, twice.
// Error:   a server that only pauses longer than the interval looks quiet; requests that are queued wake it before that.
// Cost:    at least one interval; never inside a timed window.
// Source:  Documentation/scheduler/sched-stats.rst: the third number of schedstat counts the times a thread was put on a CPU.
import { readdirSync, readFileSync } from 'node:fs';
import { nowNs } from './clock.ts';
import { pauseOf } from './pause.ts';

const pause = pauseOf(500_000);
const LIMIT_NS = 2e9;

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

/** Those of `pids` that were seen at work whenever they were looked at, until the time was up; usually none. */
export const waitForIdle = (pids: readonly number[]): readonly number[] => {
  const untilNs = nowNs() + LIMIT_NS;
  let left = new Map<number, Look>(pids.map((pid) => [pid, { kind: 'busy' }]));
  for (;;) {
    const now = new Map<number, Look>();
    for (const [pid, before] of left) {
      const seen = look(pid);
      const rests = seen.kind === 'asleep' && before.kind === 'asleep' && seen.runs === before.runs;
      if (seen.kind !== 'gone' && !rests) now.set(pid, seen);
    }
    left = now;
    if (left.size === 0 || nowNs() >= untilNs) return [...left.keys()];
    pause();
  }
};
