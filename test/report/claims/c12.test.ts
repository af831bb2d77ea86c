// Without dm-verity the stack is a stand-in and decides nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c12.ts';
import { around, type MadeGroup, type Series, verdictOn } from './journal.ts';

const cost = (times: number, more: Series = {}): Series => ({
  mountAndUnmountPerMountWallNs: around(3e5 * times),
  slabObjectPerMountBytes: around(1e4 * times),
  slabObjectPerMountCount: around(20 * times),
  ...more,
});
const mounts = (number: number, stack: Series, base = cost(1)): MadeGroup => ({
  scenario: 'live-mounts',
  params: { mounts: number },
  time: { 'erofs-overlay': base, 'erofs-overlay-loop': stack },
});

test('not testable without dm-verity, whatever the stack costs; all figures are stand-ins', () => {
  for (const times of [0.5, 1, 3]) {
    const judged = verdictOn(claim, {
      groups: [mounts(1000, cost(times))],
      features: { 'dm-verity': { ok: false, detail: 'no target verity' } },
    });
    assert.equal(judged.verdict, 'not testable');
    assert.match(judged.because, /^no dm-verity: no target verity; .* are shown as a stand-in$/);
    assert.ok(judged.figures.every(({ standIn }) => standIn === true));
    const ratio = judged.figures.find(({ metric }) => metric === 'mountRatio')!;
    assert.ok(Math.abs(ratio.value - times) < 0.1 * times);
  }
});

test('not testable with dm-verity that no backend sets up', () => {
  const features = { 'dm-verity': { ok: true, detail: 'there' } };
  assert.match(
    verdictOn(claim, { groups: [mounts(1000, cost(2))], features }).because,
    /no backend sets it up/,
  );
});

test('the resolution replaces memory below it', () => {
  const blind: Series = {
    mountAndUnmountPerMountWallNs: around(3e5),
    slabObjectPerMountResolutionBytes: around(200),
    slabObjectPerMountCount: around(20),
  };
  const { figures } = verdictOn(claim, { groups: [mounts(1000, blind)] });
  const bytes = figures.filter(({ what }) => what.startsWith('erofs-overlay-loop: bytes'));
  assert.equal(bytes.length, 1);
  assert.match(bytes[0]!.what, /below resolution/);
  assert.equal(bytes[0]!.value, 200);
  assert.ok(!figures.some(({ value }) => value === 0));
});

test('the largest number of mounts is shown; too few are reported', () => {
  const few = verdictOn(claim, { groups: [mounts(10, cost(2))] });
  assert.match(few.because, /10 mounts are too few/);
  const many = verdictOn(claim, { groups: [mounts(10, cost(9)), mounts(1000, cost(2))] });
  assert.doesNotMatch(many.because, /too few/);
  assert.ok(many.figures.find(({ metric }) => metric === 'mountRatio')!.value < 3);
});

test('missing: the run’s reason, else undecided', () => {
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'erofs-overlay-loop',
      backend: 'erofs-overlay-loop',
      need: 'loop',
      reason: 'none',
    },
  ];
  assert.equal(verdictOn(claim, { groups: [], skipped }).because, 'erofs-overlay-loop: loop: none');
});
