import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLimits, unseenLimitNs, walkLimitNs } from '../../../harness/runner/limits.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { slotOf } from '../support/slot.ts';

const took = (slotNs: number, outcome: 'ok' | 'failed' = 'ok'): Sample =>
  ({ ...slotOf(), slotNs, outcome }) as unknown as Sample;

const EMPTY = { entryCount: 0, objectBytes: 0 };
const MILLION = { entryCount: 1_000_000, objectBytes: 10e9 };
const SIZES = new Map([
  [slotOf().image, EMPTY],
  ['million', MILLION],
]);
const UNLIMITED = { leftNs: () => Number.POSITIVE_INFINITY };

test('a slot may take twenty times the longest of its kind, or ten minutes if none was seen', () => {
  const limits = openLimits(UNLIMITED, SIZES);
  assert.equal(limits.of(slotOf(), 1), 600e9);
  for (const slotNs of [2e9, 4e9, 3e9]) limits.saw(took(slotNs));
  assert.equal(limits.of(slotOf(), 1), 80e9);
  assert.equal(limits.of(slotOf({ backend: 'unpacked-overlay' }), 1), 600e9);
});

test('the limit of a slot is at least 30 s, and does not depend on failed slots', () => {
  const limits = openLimits(UNLIMITED, SIZES);
  limits.saw(took(1e9));
  limits.saw(took(500e9, 'failed'));
  assert.equal(limits.of(slotOf(), 1), 30e9);
});

test('until a slot of its kind was timed, each life may take as long as that of a counting slot', () => {
  const limits = openLimits(UNLIMITED, SIZES);
  limits.saw({ ...took(4e9), pass: 'count' });
  assert.equal(limits.of(slotOf(), 60), 60 * 80e9);
  assert.equal(limits.of(slotOf({ pass: 'count' }), 1), 80e9);
  limits.saw(took(100e9));
  assert.equal(limits.of(slotOf(), 60), 2000e9);
});

test('the limit of a slot is at most the rest of the budget, but at least 30 s', () => {
  let leftNs = 40e9;
  const limits = openLimits({ leftNs: () => leftNs }, SIZES);
  assert.equal(limits.of(slotOf(), 1), 40e9);
  leftNs = 10e9;
  assert.equal(limits.of(slotOf(), 1), 30e9);
  limits.saw(took(10e9));
  leftNs = 1000e9;
  assert.equal(limits.of(slotOf(), 1), 200e9);
});

test('each entry adds 5 ms and each megabyte 50 ms to the limit of an unseen kind of slot', () => {
  const added = 5000e9 + 500e9;
  assert.equal(walkLimitNs(EMPTY), 60e9);
  assert.equal(walkLimitNs(MILLION), 60e9 + added);
  assert.equal(unseenLimitNs(MILLION), 600e9 + added);
  const limits = openLimits(UNLIMITED, SIZES);
  assert.equal(limits.of(slotOf({ image: 'million' }), 1), 600e9 + added);
  limits.saw({ ...took(4e9), image: 'million' });
  assert.equal(limits.of(slotOf({ image: 'million' }), 1), 80e9);
});
