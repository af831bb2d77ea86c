import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c16.ts';
import { verdictOn } from './journal.ts';
import { images, walks } from './listings.ts';

test('not testable whatever is measured; the cost of the writable layer is a stand-in', () => {
  const judged = verdictOn(claim, {
    images,
    groups: [
      walks('walk-cold', { 'composefs-fuse': 1000, 'erofs-overlay': 500 }),
      walks('walk-writable', { 'composefs-fuse': 1500, 'erofs-overlay': 510 }, { stack: 'one' }),
      walks('walk-writable', { 'erofs-overlay': 900 }, { stack: 'over' }),
    ],
  });
  assert.equal(judged.verdict, 'not testable');
  assert.equal(judged.because, 'the composefs kernel module was never merged');
  assert.ok(judged.figures.every(({ standIn }) => standIn === true));
  assert.deepEqual(
    judged.figures.map(({ value }) => Math.round(value * 100) / 100),
    [1.5, 1.02, 1.8],
  );
  assert.deepEqual(
    judged.figures.map(({ published }) => published),
    [undefined, undefined, '1.78 (T3)'],
  );
  assert.equal(verdictOn(claim, { images, groups: [] }).verdict, 'not testable');
});
