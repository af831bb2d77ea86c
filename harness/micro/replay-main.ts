// The child that does inside a mount what starting a program did: the recorded look-ups, listings, openings and faults, in order.
//
//   node replay-main.js STEPS OUT ROOT
//
// OUT gets the time of all steps together; this program's own start is no part of it.
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Step } from '../model/recorded-start.ts';
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

const [list = '', out = '', root = ''] = process.argv.slice(2);
const steps = JSON.parse(readFileSync(list, 'utf8')) as readonly Step[];
// Every kind once on files of our own: no code is cold in the window.
replay('', [
  ['stat', list],
  ['absent', `${list}.absent`],
  ['list', '/proc/self/fd'],
  ['open', list, [[0, 1]]],
]);
const from = process.hrtime.bigint();
replay(root, steps);
writeFileSync(out, JSON.stringify({ wallNs: Number(process.hrtime.bigint() - from) }));
