// Counts the calls of one process, whose id another one gets after its end.
//
//   node reused-id-main.js
//
// Runs as the first process of a PID namespace. Waits for a line after the counted process has begun, and for one after it has ended.
// Writes: the number of calls of sched_yield and of all calls of the counted process as JSON, or the code of the error.
import { readSync, writeSync } from 'node:fs';
import { openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { openPidfd, reap, waitReadable } from '../../../harness/sys/processes.ts';
import { spawnProcess } from '../../../harness/sys/spawn.ts';

const LIMIT_MS = 30_000;
const STDOUT = 1;

const line = (): void => {
  readSync(0, Buffer.alloc(1));
};
const say = (what: unknown): void => {
  writeSync(STDOUT, `${JSON.stringify(what)}\n`);
};

const counter = openBpfCounter();
const fds = { stdin: 0, stdout: STDOUT, stderr: 2 };
// Ends with the next line, which it reads.
const pid = spawnProcess(['sh', '-c', 'echo \\"begun\\"; read -r _'], fds);
const pidfd = openPidfd(pid);
waitReadable(pidfd, LIMIT_MS);
reap(pid);
say('ended');
line();
try {
  const { main } = counter.snapshot().get(pid) ?? { main: new Map<string, number>() };
  say({ yields: main.get('sched_yield') ?? 0, calls: [...main.values()].reduce((a, b) => a + b, 0) });
} catch (error) {
  say((error as { code?: string }).code);
}
counter.close();
