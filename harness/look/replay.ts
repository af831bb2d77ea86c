// Does inside a mount what starting a program did: the recorded look-ups, listings, openings and faults, in order, and once more.
import { closeSync, lstatSync, openSync, readdirSync } from 'node:fs';
import type { Replayed, Step } from '../model/recorded-start.ts';
import { touch } from '../sys/mapping.ts';

const PAGE_BYTES = 4096;

const absent = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw new Error(`${path} is there, and was not when it was recorded`);
};

const open = (path: string, ranges: readonly (readonly [page: number, count: number])[]): void => {
  const fd = openSync(path, 'r');
  try {
    for (const [page, count] of ranges) touch(fd, page * PAGE_BYTES, count * PAGE_BYTES);
  } finally {
    closeSync(fd);
  }
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

export const replayed = (root: string, steps: readonly Step[]): Replayed => {
  const timed = (): number => {
    const from = process.hrtime.bigint();
    replay(root, steps);
    return Number(process.hrtime.bigint() - from);
  };
  return { wallNs: timed(), againWallNs: timed() };
};
