import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c21.ts';
import { type MadeGroup, type Series, verdictOn } from './journal.ts';

const sustains = (perSecond: number): Series => ({ below50MsCount: 0, sustained50MsPerSecond: perSecond });
const BELOW: Series = { below50MsCount: 1 };

const group = (time: Readonly<Record<string, Series>>): MadeGroup => ({
  scenario: 'serverless-open',
  params: { local: 'files', workers: 16 },
  time,
});

const verdict = (checkout: Series, manifest: Series) =>
  verdictOn(claim, {
    groups: [
      group({
        'erofs-overlay': manifest,
        'composefs-fuse': manifest,
        'hardlink-checkout': checkout,
        'reflink-checkout': checkout,
      }),
    ],
  });

test('supported: the ratio is below a tenth even if the true rates are up to the next rung', () => {
  const judged = verdict(sustains(32), sustains(1024));
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /rate of hardlink-checkout is 0\.0\d+ to 0\.0\d+ of that of erofs-overlay/);
  // 64 may be 127, and 1024 may be 1024: more than a tenth.
  assert.equal(verdict(sustains(64), sustains(1024)).verdict, 'undecided');
});

test('not supported: the ratio is at least a tenth even if the true rates are up to the next rung', () => {
  assert.equal(verdict(sustains(512), sustains(1024)).verdict, 'not supported');
  assert.equal(verdict(sustains(128), sustains(1024)).verdict, 'undecided');
});

test('a checkout below the ladder counts with its lowest rate, a manifest below it as equal', () => {
  assert.equal(verdict(BELOW, sustains(512)).verdict, 'supported');
  assert.equal(verdict(BELOW, sustains(128)).verdict, 'undecided');
  assert.equal(verdict(BELOW, BELOW).verdict, 'not supported');
});

test('not supported: one checkout sustains as much as the manifest', () => {
  const judged = verdictOn(claim, {
    groups: [
      group({
        'erofs-overlay': sustains(1024),
        'hardlink-checkout': BELOW,
        'reflink-checkout': sustains(1024),
      }),
    ],
  });
  assert.equal(judged.verdict, 'not supported');
});

test('undecided: nothing was measured', () => {
  const judged = verdictOn(claim, { groups: [] });
  assert.equal(judged.verdict, 'undecided');
});
