// The child that does inside a mount what starting a program did: the recorded look-ups, listings, openings and faults, in order.
//
//   node replay-main.js FD STEPS
//
// It is there before the caches are dropped: what it is made of stays mapped, and none of it is read again inside the mount. A byte
// to FD, a socket, says that it is ready; what comes back is the root of the mount, and its answer is a Replayed as JSON.
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import type { Replayed, Step } from '../model/recorded-start.ts';
import { touch } from '../sys/mapping.ts';

const PAGE_BYTES = 4096;

const absent = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw new Error(`${path} is there, and was not when it was recorded`);
};

const open = (path: string, ranges: readonly (readonly [number, number])[]): void => {
  const fd = openSync(path, 'r');
  for (const [page, count] of ranges) touch(fd, page * PAGE_BYTES, count * PAGE_BYTES);
  closeSync(fd);
};

const replay = (root: string, steps: readonly Step[]): void => {
  for (const [what, path, ranges] of steps) {
    const at = root + path;
    if (what === 'absent') absent(at);
    else if (what === 'stat') lstatSync(at);
    else if (what === 'list') readdirSync(at);
    else open(at, ranges ?? []);
  }
};

const MESSAGE_BYTES = 4096;
const [fd = '', list = ''] = process.argv.slice(2);
const socket = Number(fd);
const steps = JSON.parse(readFileSync(list, 'utf8')) as readonly Step[];
// Every kind once on files of our own: no code is cold in the window.
replay('', [
  ['stat', list],
  ['absent', `${list}.absent`],
  ['list', '/proc/self/fd'],
  ['open', list, [[0, 1]]],
]);
writeSync(socket, '.');
const message = Buffer.alloc(MESSAGE_BYTES);
const length = readSync(socket, message);
if (length > 0) {
  const root = message.toString('utf8', 0, message.indexOf(0));
  const timed = (): number => {
    const from = process.hrtime.bigint();
    replay(root, steps);
    return Number(process.hrtime.bigint() - from);
  };
  const answer: Replayed = { wallNs: timed(), againWallNs: timed() };
  writeSync(socket, JSON.stringify(answer));
}
