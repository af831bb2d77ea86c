import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c17.ts';
import { IMAGE, refutedBy, verdictOn } from './journal.ts';
import { ENTRIES, images, type WalkTimes, walks } from './listings.ts';

const on = (neither: WalkTimes[string], entryCount = ENTRIES) =>
  verdictOn(claim, {
    images: [{ name: IMAGE, entryCount }],
    groups: [
      walks('walk-warm', {
        'erofs-overlay-no-filter': neither,
        'erofs-overlay': 215,
        'erofs-overlay-noacl': 206,
      }),
    ],
  });
test('supported', () => {
  const judged = on(264);
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.because, 'without both a warm walk takes more than 13 % longer');
});
test('not supported', () => {
  const judged = on(195);
  assert.equal(judged.verdict, 'not supported');
  assert.equal(judged.because, 'without both a warm walk takes no more than 13 % longer');
  assert.ok(refutedBy(judged) < 1.13);
});
test('undecided', () => assert.equal(on([200, 250]).verdict, 'undecided'));
test('measured too small', () =>
  assert.equal(on(264, 4188).because, 'measured too small, 4,188 entries: --profile full'));
test('not testable: an image that needs its access control lists', () => {
  const judged = verdictOn(claim, {
    images,
    groups: [walks('walk-warm', { 'erofs-overlay': 215 })],
    skipped: [
      {
        kind: 'arm',
        arm: 'erofs-overlay-noacl',
        backend: 'erofs-overlay-noacl',
        image: 'made',
        need: 'image',
        reason: 'noacl would hide its access control lists',
      },
    ],
  });
  assert.equal(judged.verdict, 'not testable');
  assert.match(judged.because, /access control lists/);
});
