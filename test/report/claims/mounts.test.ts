// Every verdict of the rules about many mounts and about unmounting, each from a journal made to order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim as c12 } from '../../../report/claims/c12.ts';
import { claim as c19 } from '../../../report/claims/c19.ts';
import { around, type MadeGroup, type Series, verdictOn } from './journal.ts';

const group = (time: Readonly<Record<string, Series>>, mounts = 100): MadeGroup => ({
  scenario: 'live-mounts',
  params: { mounts },
  time,
});
const cost = (times: number, bytes = times): Series => ({
  setUpWallNs: around(1e8 * times),
  tearDownWallNs: around(1e7 * times),
  kernelPerMountBytes: around(1e5 * bytes),
});
const loop = (series: Series, base = cost(1)): readonly MadeGroup[] => [
  group({ 'erofs-overlay': base, 'erofs-overlay-loop': series }),
];

test('C12: each dearer, one not, one that cannot be told, none measured', () => {
  assert.equal(verdictOn(c12, { groups: loop(cost(1.5)) }).verdict, 'supported');
  assert.equal(verdictOn(c12, { groups: loop(cost(1.5, 1)) }).verdict, 'not supported');
  const wide = { ...cost(1.5), kernelPerMountBytes: around(1.2e5, 8, 0.6) };
  assert.equal(verdictOn(c12, { groups: loop(wide) }).verdict, 'undecided');
  assert.equal(verdictOn(c12, { groups: [] }).verdict, 'undecided');
  const skipped = [{ what: 'erofs-overlay-loop', need: 'loop', reason: 'none' }];
  assert.equal(verdictOn(c12, { groups: [], skipped }).verdict, 'not testable');
});

test('C12 is judged where most mounts were alive', () => {
  const few = group({ 'erofs-overlay': cost(1), 'erofs-overlay-loop': cost(1) }, 1);
  assert.equal(verdictOn(c12, { groups: [few, ...loop(cost(1.5))] }).verdict, 'supported');
});

const there = (fuse: number | readonly number[], mounts = 1000): readonly MadeGroup[] => [
  group(
    {
      'erofs-overlay': { stillThereCount: 0 },
      'unpacked-overlay': { stillThereCount: 0 },
      'composefs-fuse': { stillThereCount: fuse },
    },
    mounts,
  ),
];

test('C19: never, always, once, in too few unmounts, not measured', () => {
  assert.equal(verdictOn(c19, { groups: there(0) }).verdict, 'supported');
  assert.equal(verdictOn(c19, { groups: there(100) }).verdict, 'not supported');
  assert.equal(verdictOn(c19, { groups: there([0, 0, 0, 1]) }).verdict, 'not supported');
  const few = verdictOn(c19, { groups: there(0, 374) });
  assert.equal(few.verdict, 'undecided');
  assert.match(few.because, /in 2,992 unmounts of a backend/);
  assert.equal(verdictOn(c19, { groups: [...there(0, 374), ...there(0, 1)] }).verdict, 'supported');
  // The backend with the fewest decides, and what was seen once needs no number.
  assert.equal(verdictOn(c19, { groups: there([0, 0]) }).verdict, 'undecided');
  assert.equal(verdictOn(c19, { groups: there([1], 10) }).verdict, 'not supported');
  assert.equal(verdictOn(c19, { groups: [] }).verdict, 'undecided');
  const skipped = [{ what: 'composefs-fuse', need: 'FUSE', reason: 'none' }];
  const kernel = [
    group({ 'erofs-overlay': { stillThereCount: 0 }, 'unpacked-overlay': { stillThereCount: 0 } }),
  ];
  assert.equal(verdictOn(c19, { groups: kernel, skipped }).verdict, 'not testable');
});
