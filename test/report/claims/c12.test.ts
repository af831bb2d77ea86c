// The whole stack decides; without dm-verity three of its layers are a stand-in and decide nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c12.ts';
import { around, type MadeGroup, refutedBy, type Series, verdictOn } from './journal.ts';

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

const verified = (number: number, stack: Series, base = cost(1)): MadeGroup => ({
  scenario: 'live-mounts',
  params: { mounts: number },
  time: { 'erofs-overlay': base, 'erofs-overlay-dmverity': stack },
});

test('supported: the whole stack costs more than half as much again, in time and in memory', () => {
  const judged = verdictOn(claim, { groups: [verified(1000, cost(4))] });
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.figures[0]!.metric, 'mountRatio');
  assert.ok(Math.abs(judged.figures[0]!.value - 4) < 0.4);
  assert.ok(judged.figures.every(({ standIn }) => standIn !== true));
});

test('not supported: none of the three costs half as much again', () => {
  assert.ok(refutedBy(verdictOn(claim, { groups: [verified(1000, cost(1))] })) <= 1.5);
});

test('undecided: costs disagree, there are too few mounts, or memory is below resolution', () => {
  const dear = { mountAndUnmountPerMountWallNs: around(12e5) };
  const mixed = verdictOn(claim, { groups: [verified(1000, cost(1, dear))] });
  assert.ok(mixed.verdict === 'undecided');
  assert.match(mixed.wouldDecide, /^more blocks of this plan cannot decide it/);
  assert.match(
    mixed.because,
    /^set-up and tear-down of a mount: at least 1.5 times as much; slab objects of a mount: less/,
  );
  const few = verdictOn(claim, { groups: [verified(10, cost(4))] });
  assert.equal(few.verdict, 'undecided');
  assert.match(few.because, /10 mounts are too few/);
  const { slabObjectPerMountCount: _, ...blind } = cost(4);
  assert.equal(verdictOn(claim, { groups: [verified(1000, blind)] }).verdict, 'undecided');
});

test('undecided: memory of either arm is below resolution in one block', () => {
  const whole = (times: number): Series => ({
    mountAndUnmountPerMountWallNs: around(3e5 * times, 12),
    slabObjectPerMountBytes: around(1e4 * times, 12),
    slabObjectPerMountCount: around(20 * times, 12),
  });
  const partly = (times: number): Series => ({
    ...whole(times),
    slabObjectPerMountCount: around(20 * times, 11),
    slabObjectPerMountResolutionCount: Array.from({ length: 12 }, (_, block) =>
      block === 11 ? 9 : undefined,
    ) as number[],
  });
  assert.equal(verdictOn(claim, { groups: [verified(1000, whole(4), whole(1))] }).verdict, 'supported');
  for (const group of [verified(1000, partly(4), whole(1)), verified(1000, whole(4), partly(1))]) {
    const judged = verdictOn(claim, { groups: [group] });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /slab objects of a mount: below resolution in some blocks/);
  }
});

test('with dm-verity on emulated CPUs memory is shown, and no time is judged', () => {
  const { mountAndUnmountPerMountWallNs: _, ...memory } = cost(3);
  const { mountAndUnmountPerMountWallNs: __, ...base } = cost(1);
  const judged = verdictOn(claim, { groups: [verified(1000, memory, base)] });
  assert.equal(judged.verdict, 'not testable');
  assert.match(judged.because, /memory of one mount is shown$/);
  assert.ok(judged.figures.some(({ what }) => what.startsWith('erofs-overlay-dmverity: slab objects')));
  const blind: Series = { slabObjectPerMountResolutionCount: around(9) };
  const { because } = verdictOn(claim, { groups: [verified(1000, memory, blind)] });
  assert.match(because, /memory of one mount is shown$/);
});

test('not testable with dm-verity where the stack was not measured', () => {
  const features = { 'dm-verity': { ok: true, detail: 'there' } };
  assert.match(
    verdictOn(claim, { groups: [mounts(1000, cost(2))], features }).because,
    /^erofs-overlay-dmverity was not measured/,
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

test('missing: not testable if the run says why, else undecided', () => {
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
