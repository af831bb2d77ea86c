import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c09.ts';
import { around, verdictOn } from './journal.ts';
import { ENTRIES, MS } from './listings.ts';

const on = (
  ...starts: readonly (readonly [start: string, image: string, touched: number | readonly number[]])[]
) =>
  verdictOn(claim, {
    images: [
      { name: 'slim', entryCount: 1000, fileBytes: 50e6 },
      { name: 'general', entryCount: ENTRIES, fileBytes: 1000e6 },
    ],
    groups: starts.map(([start, image, startTouchedBytes]) => ({
      scenario: 'start-trace',
      params: { start },
      image,
      time: {
        'erofs-overlay': { startTouchedBytes, startWallNs: around(20 * MS) },
        'composefs-fuse': { startTouchedBytes, startWallNs: around(30 * MS) },
      },
    })),
  });
test('supported: every start reads a small part; the largest share decides, times do not', () => {
  const judged = on(['nginx', 'slim', 3e6], ['python', 'slim', 6e6], ['python', 'general', 6e6]);
  assert.ok(judged.verdict === 'supported');
  assert.match(judged.because, /^each of these starts /);
  assert.equal(judged.decidedBy!.value, 0.12);
  assert.deepEqual(
    judged.figures.map(({ value }) => Math.round(value * 1000) / 1000),
    [0.12, 0.06, 0.006, 1.5],
  );
});
test('not supported: every start reads more', () => {
  const judged = on(['nginx', 'slim', 10e6], ['python', 'slim', 20e6]);
  assert.ok(judged.verdict === 'not supported');
  assert.equal(judged.decidedBy!.value, 0.2);
});
test('undecided: a slim image and a general one disagree and are both named', () => {
  const judged = on(['python', 'slim', 20e6], ['python', 'general', 20e6]);
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /40\.0 % \(start of python on slim.*2\.0 % \(start of python on general/);
});
test('undecided: the passes of a start differ', () => {
  const judged = on(['python', 'slim', [1e6, 2e6, 1e6]], ['nginx', 'slim', 1e6]);
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /passes read different bytes: start of python on slim/);
});
test('undecided: a start has fewer than three passes', () => {
  const judged = on(['python', 'slim', [1e6, 1e6]], ['nginx', 'slim', 1e6]);
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /fewer than three passes: start of python on slim$/);
});
test('missing: not testable if the run says why, else undecided', () => {
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
  const skipped = [
    { kind: 'scenario' as const, scenario: 'start-trace', need: 'dropping the caches', reason: 'EACCES' },
  ];
  assert.equal(verdictOn(claim, { groups: [], skipped }).verdict, 'not testable');
});
