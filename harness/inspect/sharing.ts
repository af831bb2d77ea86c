// How many copies of the same contents memory holds after two mounts of them were read.
//
// Does:    reads every file whole through the first mount, then through the second, keeps all of them mapped, and reads their
//          page frame numbers.
// Error:   none for files in the mounts: mapped pages stay resident. Objects and image files are not mapped; other processes may
//          cause their pages to be dropped.
import { lstatSync, readFileSync } from 'node:fs';
import { type HeldFrames, heldFrames, pageFrames } from '../sys/page-frames.ts';
import { residency } from '../sys/residency.ts';
import type { SharedPages, SharedPair } from './requests.ts';

const count = (
  pairs: readonly SharedPair[],
  backing: readonly string[],
  hold: (path: string) => HeldFrames,
): SharedPages => {
  const mountFrames = new Set<number>();
  const allFrames = new Set<number>();
  const resident = { first: 0, second: 0, object: 0 };
  let pageCount = 0;
  let wrongLinkCount = 0;
  // All files of the first mount before any of the second: a shared page must stay resident in between.
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
    for (const frame of [...first.frames, ...second.frames]) mountFrames.add(frame);
    for (const frame of object) allFrames.add(frame);
  }
  for (const frame of mountFrames) allFrames.add(frame);
  return {
    pageCount,
    firstResidentCount: resident.first,
    secondResidentCount: resident.second,
    objectResidentCount: resident.object,
    backingResidentCount: backing.reduce((sum, path) => sum + residency(path).residentPages, 0),
    mountFrameCount: mountFrames.size,
    allFrameCount: allFrames.size,
    wrongLinkCount,
  };
};

export const sharedPages = (pairs: readonly SharedPair[], backing: readonly string[]): SharedPages => {
  const held: HeldFrames[] = [];
  const readAndHold = (path: string): HeldFrames => {
    readFileSync(path);
    const frames = heldFrames(path);
    held.push(frames);
    return frames;
  };
  try {
    return count(pairs, backing, readAndHold);
  } finally {
    for (const { close } of held) close();
  }
};
