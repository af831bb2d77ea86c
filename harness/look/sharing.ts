// How often the same contents lie in memory once two mounts of them were read.
//
// Does:    reads every file whole through the first mount, then through the second, and keeps each mapped meanwhile; asks for frames.
// Error:   none behind the mounts: mapped pages stay. Objects and image files that are not mapped may be dropped by others.
import { lstatSync, readFileSync } from 'node:fs';
import { type HeldFrames, heldFrames, pageFrames } from '../sys/page-frames.ts';
import { residency } from '../sys/residency.ts';
import type { Pair, SharingSeen } from './questions.ts';

const readAndHold = (path: string): HeldFrames => {
  readFileSync(path);
  return heldFrames(path);
};

const seenIn = (
  pairs: readonly Pair[],
  backing: readonly string[],
  hold: (path: string) => HeldFrames,
): SharingSeen => {
  const mounts = new Set<number>();
  const all = new Set<number>();
  const resident = { first: 0, second: 0, object: 0 };
  let pageCount = 0;
  let wrongLinkCount = 0;
  // Through the first mount everything, then through the second: what is shared must outlive the way between.
  const firsts = pairs.map(({ first }) => hold(first));
  const seconds = pairs.map(({ second }) => hold(second));
  for (const [i, pair] of pairs.entries()) {
    if (lstatSync(pair.first).nlink !== pair.nameCount) wrongLinkCount++;
    const first = firsts[i]!;
    const second = seconds[i]!;
    const object = pair.object === null ? [] : pageFrames(pair.object).frames;
    pageCount += first.pages;
    resident.first += first.frames.length;
    resident.second += second.frames.length;
    resident.object += object.length;
    for (const frame of [...first.frames, ...second.frames]) mounts.add(frame);
    for (const frame of object) all.add(frame);
  }
  for (const frame of mounts) all.add(frame);
  return {
    pageCount,
    firstResidentCount: resident.first,
    secondResidentCount: resident.second,
    objectResidentCount: resident.object,
    backingResidentCount: backing.reduce((sum, path) => sum + residency(path).residentPages, 0),
    mountFrameCount: mounts.size,
    allFrameCount: all.size,
    wrongLinkCount,
  };
};

export const sharingOf = (pairs: readonly Pair[], backing: readonly string[]): SharingSeen => {
  const held: HeldFrames[] = [];
  const hold = (path: string): HeldFrames => {
    const frames = readAndHold(path);
    held.push(frames);
    return frames;
  };
  try {
    return seenIn(pairs, backing, hold);
  } finally {
    for (const { release } of held) release();
  }
};
