// Repeats a recorded program start inside a mount: the lookups, listings, opens and page faults in their order, twice.
import { closeSync, lstatSync, openSync, readdirSync } from 'node:fs';
import type { Replayed, StartStep } from '../model/recorded-start.ts';
import { mappableRange, touch } from '../sys/mapping.ts';

const expectAbsent = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw new Error(`${path} exists, but was absent when the start was recorded`);
};

const openAndFault = (path: string, ranges: readonly (readonly [page: number, count: number])[]): void => {
  const fd = openSync(path, 'r');
  try {
    for (const range of ranges) {
      const { offset, sizeBytes } = mappableRange(range);
      touch(fd, offset, sizeBytes, path);
    }
  } finally {
    closeSync(fd);
  }
};

const replay = (root: string, steps: readonly StartStep[]): void => {
  for (const [what, path, ranges] of steps) {
    const full = root + path;
    if (what === 'absent') expectAbsent(full);
    else if (what === 'stat') lstatSync(full);
    else if (what === 'list') readdirSync(full);
    else openAndFault(full, ranges ?? []);
  }
};

export const timeReplay = (root: string, steps: readonly StartStep[]): Replayed => {
  const timeOnce = (): number => {
    const from = process.hrtime.bigint();
    replay(root, steps);
    return Number(process.hrtime.bigint() - from);
  };
  return { wallNs: timeOnce(), againWallNs: timeOnce() };
};
