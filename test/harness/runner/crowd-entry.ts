// A thread of a crowd that does what the name of its backend says, and nothing to the machine.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { CrowdCommand, MemberTask, Reply } from '../../../harness/runner/crowd-member.ts';

const MEET_LIMIT_MS = 20_000;
const LATE_MS = 200;
const { backend, dir, stopped } = workerData as MemberTask;
const reply = (value: Reply): void => parentPort!.postMessage(value);
const refused: Reply = { kind: 'failed', message: 'no room', code: 'ENOSPC', facts: ['at: here'] };

/** Leaves a mark that it is up. */
const begins = (): Reply => {
  writeFileSync(join(dir, 'mounted'), '');
  return backend === 'refuses' ? refused : { kind: 'done' };
};

const goesDown = (): Reply => {
  const all = readdirSync(dirname(dir));
  const mounted = all.filter((name) => existsSync(join(dirname(dir), name, 'mounted')));
  return mounted.length === all.length ? { kind: 'done' } : { ...refused, message: 'not all are mounted' };
};

/** Passes only if every thread gets its command before the first replies. */
const meet = (): Reply => {
  writeFileSync(join(dir, 'here'), '');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const others = readdirSync(dirname(dir)).map((name) => join(dirname(dir), name, 'here'));
  for (const until = Date.now() + MEET_LIMIT_MS; Date.now() < until; Atomics.wait(pause, 0, 0, 1))
    if (others.every((path) => existsSync(path))) return { kind: 'done' };
  return { kind: 'failed', message: 'alone', code: 'timeout', facts: [] };
};

/** One life per millisecond until it is stopped. Leaves a mark after the second. */
const lives = (): Reply => {
  const flag = new Int32Array(stopped);
  const times = [];
  while (Atomics.wait(flag, 0, 0, 1) === 'timed-out') {
    times.push({ startedNs: times.length, readyNs: times.length + 1 });
    if (times.length === 2) writeFileSync(join(dir, 'lived'), '');
  }
  return backend === 'refuses-later' ? refused : { kind: 'lived', lives: times };
};

if (backend === 'throws') throw new Error('this thread has a bug');
if (dir.endsWith('-0')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LATE_MS);
reply(begins());
parentPort!.on('message', (word: CrowdCommand) => {
  if (word === 'end') parentPort!.close();
  else if (word === 'rehearsed') reply(goesDown());
  else if (backend === 'dies') process.exit();
  else if (word === 'live') reply(lives());
  else reply(word === 'up' ? meet() : { kind: 'done' });
});
