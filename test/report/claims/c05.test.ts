import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c05.ts';
import { IMAGE, verdictOn } from './journal.ts';
import { images, type WalkTimes, walks } from './listings.ts';

test('not testable whatever is measured; stand-ins are shown for every image', () => {
  for (const stacked of [150, 400, 260]) {
    const times: WalkTimes = { 'erofs-overlay': [stacked * 0.99, stacked * 1.01], 'erofs-only': 100 };
    const both = [...images, { name: 'small', entryCount: 4188 }];
    const judged = verdictOn(claim, {
      images: both,
      groups: [walks('walk-cold', times), { ...walks('walk-cold', times), image: 'small' }],
    });
    assert.equal(judged.verdict, 'not testable');
    assert.equal(judged.because, 'the composefs kernel module was never merged');
    assert.ok(judged.figures.every(({ standIn }) => standIn === true));
    assert.deepEqual(
      judged.figures.map(({ what }) => what.replace(/.* on /, '')),
      [IMAGE, 'small'],
    );
  }
});
