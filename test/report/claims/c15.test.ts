import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c15.ts';
import { IMAGE, type Made, verdictOn } from './journal.ts';

type Bytes = number | readonly number[];

const run = (file: Bytes, layer: Bytes, objects: number, of = 3000): Made => ({
  groups: [
    {
      scenario: 'update',
      params: { store: 'empty' },
      count: {
        'erofs-overlay': { updateFetchBytes: file, updateFetchCount: objects, ingestCallCount: 6000 },
        'unpacked-overlay': { updateFetchBytes: layer, updateFetchCount: 2 },
      },
    },
  ],
  images: [{ name: IMAGE, objectCount: of, objectBytes: 100e6 }],
});

test('supported: some objects had to come, and fewer bytes than by layer', () => {
  const judged = verdictOn(claim, run(25e6, 100e6, 556));
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.told[0]!.value, 0.25);
  assert.match(judged.because, /^556 of 3,000 objects/);
});

test('not supported: every object had to come, or no fewer bytes', () => {
  assert.match(verdictOn(claim, run(25e6, 100e6, 3000)).because, /every object/);
  const more = verdictOn(claim, run(100e6, 100e6, 556));
  assert.equal(more.verdict, 'not supported');
  assert.match(more.because, /no less/);
});

test('undecided: passes that differ, or no update measured; what had no room is said', () => {
  assert.equal(verdictOn(claim, run([25e6, 26e6, 25e6], 100e6, 556)).verdict, 'undecided');
  const dropped = ['scenario update: 8 blocks with it take about 20 s, the budget leaves 3 s'];
  const none = verdictOn(claim, { groups: [], scenarios: ['update'], dropped });
  assert.equal(none.verdict, 'undecided');
  assert.match(none.because, /the budget leaves 3 s/);
});

test('not testable: a backend or an image that could not take part, in the run’s own words', () => {
  for (const what of ['unpacked-overlay', 'debian-12-base-security']) {
    const skipped = [{ what, need: 'owners that are mapped here', reason: '/var/mail: group 8' }];
    const judged = verdictOn(claim, { groups: [], scenarios: ['update'], skipped });
    assert.equal(judged.verdict, 'not testable');
    assert.equal(judged.because, 'owners that are mapped here: /var/mail: group 8');
  }
});
