// Waits until servers are idle, so that their counters no longer change. All servers share one pause.
//
// Does:    compares two readings: a server is idle if all its threads slept in both and did not run in between.
// Reads:   /proc/PID/task/TID/stat and schedstat.
// Error:   a server that pauses for longer than the interval looks idle; queued requests wake it earlier.
// Cost:    at least one interval; never inside a timed window.
// Source:  Documentation/scheduler/sched-stats.rst: the third number of schedstat is the number of times that the thread was put on a CPU.
import { readdirSync, readFileSync } from 'node:fs';
import { nowNs } from './clock.ts';
import { pauseOf } from './pause.ts';

const pause = pauseOf(500_000);
const LIMIT_NS = 2e9;

type Activity =
  | { readonly kind: 'exited' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'asleep'; readonly runs: string };

const stateOf = (stat: string): string => stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);

const activityOf = (pid: number): Activity => {
  try {
    let runs = '';
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const state = stateOf(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1'));
      if (state === 'Z' || state === 'X') continue;
      if (state !== 'S') return { kind: 'busy' };
      runs += `${thread} ${readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1')}`;
    }
    return runs === '' ? { kind: 'exited' } : { kind: 'asleep', runs };
  } catch {
    return { kind: 'exited' };
  }
};

/** Returns the servers that did not become idle within the limit; usually none. */
export const waitForIdle = (pids: readonly number[]): readonly number[] => {
  const untilNs = nowNs() + LIMIT_NS;
  let left = new Map<number, Activity>(pids.map((pid) => [pid, { kind: 'busy' }]));
  for (;;) {
    const now = new Map<number, Activity>();
    for (const [pid, before] of left) {
      const seen = activityOf(pid);
      const isIdle = seen.kind === 'asleep' && before.kind === 'asleep' && seen.runs === before.runs;
      if (seen.kind !== 'exited' && !isIdle) now.set(pid, seen);
    }
    left = now;
    if (left.size === 0 || nowNs() >= untilNs) return [...left.keys()];
    pause();
  }
};
