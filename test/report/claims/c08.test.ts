import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c08.ts';
import { type MadeGroup, refutedBy, type Series, verdictOn } from './journal.ts';

const verdict = (groups: readonly MadeGroup[]): string => verdictOn(claim, { groups }).verdict;

const lookups = (series: Series): readonly MadeGroup[] => [
  { scenario: 'lookup-trace', count: { 'erofs-overlay': series } },
];
const SEEN = { walkLookupCount: 0, openLookupCount: 155, openedFileCount: 87 };

test('a zero decides only if the counter sees opened files', () => {
  assert.equal(verdict(lookups(SEEN)), 'supported');
  const refuted = verdictOn(claim, { groups: lookups({ ...SEEN, walkLookupCount: [87, 90, 87] }) });
  assert.equal(refutedBy(refuted), 90);
  assert.equal(verdict(lookups({ ...SEEN, walkLookupCount: [0, 0, 1] })), 'undecided');
  assert.equal(verdict(lookups({ ...SEEN, openLookupCount: [155, 86, 155] })), 'undecided');
  assert.equal(verdict([]), 'not testable');
});

test('undecided: fewer than three counting passes, whatever they counted', () => {
  for (const walkLookupCount of [0, 87]) {
    const judged = verdictOn(claim, { groups: lookups({ ...SEEN, walkLookupCount }), passes: 2 });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /^fewer than three counting passes: made$/);
  }
});

test('undecided: slots on another image failed', () => {
  const failing: MadeGroup = { scenario: 'lookup-trace', image: 'other', failed: ['erofs-overlay'] };
  for (const walkLookupCount of [0, 87]) {
    const judged = verdictOn(claim, { groups: [...lookups({ ...SEEN, walkLookupCount }), failing] });
    assert.ok(judged.verdict === 'undecided');
    assert.match(judged.because, /: erofs-overlay on other$/);
  }
});
