// How often the same contents lie in memory once two mounts of them were read.
//
// Does:    reads every file whole through the first mount, then through the second; then maps each and asks for its frames.
// Error:   none while nothing reclaims pages meanwhile: what is no longer resident shows as missing pages.
import { lstatSync, readFileSync } from 'node:fs';
import { pageFrames } from '../sys/page-frames.ts';
import { residency } from '../sys/residency.ts';
import type { Pair, SharingSeen } from './questions.ts';

const lookAt = (pairs: readonly Pair[], backing: readonly string[]): SharingSeen => {
  const mounts = new Set<number>();
  const all = new Set<number>();
  const resident = { first: 0, second: 0, object: 0 };
  let pageCount = 0;
  let wrongLinkCount = 0;
  for (const pair of pairs) {
    if (lstatSync(pair.first).nlink !== pair.nameCount) wrongLinkCount++;
    const first = pageFrames(pair.first);
    const second = pageFrames(pair.second);
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

const ATTEMPTS = 3;

const readThrough = (pairs: readonly Pair[]): void => {
  for (const { first } of pairs) readFileSync(first);
  for (const { second } of pairs) readFileSync(second);
};

/** Whoever drops the machine's caches meanwhile takes pages away: then everything is read once more. */
export const sharingOf = (pairs: readonly Pair[], backing: readonly string[]): SharingSeen => {
  for (let attempt = 1; ; attempt++) {
    readThrough(pairs);
    const seen = lookAt(pairs, backing);
    const whole = seen.firstResidentCount === seen.pageCount && seen.secondResidentCount === seen.pageCount;
    if (whole || attempt === ATTEMPTS) return seen;
  }
};
