import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c19.ts';
import { type MadeGroup, refutedBy, type Series, verdictOn } from './journal.ts';

const MOUNTS = 1000;
const asked = (held: number | readonly number[], mounts = MOUNTS): Series => {
  const each = (value: number): number | readonly number[] =>
    typeof held === 'number' ? value : held.map(() => value);
  return { setUpWallNs: each(1e8), askedCount: each(mounts), stillThereCount: held };
};
const group = (time: Readonly<Record<string, Series>>, mounts = MOUNTS): MadeGroup => ({
  scenario: 'live-mounts',
  params: { mounts },
  time,
});
const headline = (fuse: number | readonly number[], mounts = MOUNTS): MadeGroup =>
  group(
    {
      'erofs-overlay': asked(0, mounts),
      'unpacked-overlay': asked(0, mounts),
      'composefs-fuse': asked(fuse, mounts),
    },
    mounts,
  );

test('supported: nothing was held in enough unmounts of each headline backend', () => {
  const judged = verdictOn(claim, { groups: [headline(0)] });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /in 8,000 unmounts of each headline backend$/);
});

test('not supported: one case is enough; the backend with most cases stands first', () => {
  const judged = verdictOn(claim, { groups: [headline([0, 0, 0, 1])] });
  assert.equal(judged.verdict, 'not supported');
  assert.match(judged.because, /composefs-fuse 1 of 4,000/);
  assert.equal(judged.figures[0]!.value, 1);
  assert.match(judged.figures[0]!.what, /^composefs-fuse/);
  // Neither many mounts nor the other backends are needed.
  const alone = group({ 'erofs-overlay': asked([1], 10) }, 10);
  assert.equal(verdictOn(claim, { groups: [alone] }).verdict, 'not supported');
});

test('the figure that decides stands first, also beside one that is larger', () => {
  const taken = group({ 'unpacked-overlay': asked([30, 0, 0, 0]), 'composefs-fuse': asked([0, 0, 0, 1]) });
  const refuted = verdictOn(claim, { groups: [taken] });
  assert.equal(refuted.verdict, 'not supported');
  assert.match(refuted.because, /held: composefs-fuse 1 of 4,000, unpacked-overlay 30 of 4,000$/);
  assert.match(refuted.figures[0]!.what, /^composefs-fuse/);
  const supported = verdictOn(claim, { groups: [headline([0, 0, 0, 0])] });
  assert.equal(supported.verdict, 'supported');
  assert.match(supported.because, /in 4,000 unmounts of each headline backend$/);
  assert.match(supported.figures[0]!.what, /^composefs-fuse: .* in 4,000 unmounts$/);
});

test('the null arm is not a backend of its own', () => {
  const twice = group({ null: asked(0), 'erofs-overlay': asked([1]) });
  const judged = verdictOn(claim, { groups: [twice] });
  assert.ok(judged.figures.every(({ what }) => !what.startsWith('null')));
  const silent = group({ null: { setUpWallNs: 1e8 } });
  assert.doesNotMatch(verdictOn(claim, { groups: [headline(0), silent] }).because, /null/);
});

test('not supported: a variant that holds its loop device counts as a backend', () => {
  const loop = group({ 'erofs-overlay-loop': asked([0, 3]) });
  const judged = verdictOn(claim, { groups: [headline(0), loop] });
  assert.equal(judged.verdict, 'not supported');
  assert.match(judged.because, /erofs-overlay-loop 3 of 2,000/);
  assert.equal(refutedBy(judged), 3);
});

test('undecided: another mount may take the number of a superblock once, but not in one of ten unmounts', () => {
  const numbers = (held: number | readonly number[]): MadeGroup => {
    const given = typeof held === 'number' ? held : [...held];
    return group({
      'erofs-overlay': asked(typeof held === 'number' ? 0 : held.map(() => 0)),
      'composefs-fuse': asked(typeof held === 'number' ? 0 : held.map(() => 0)),
      'unpacked-overlay': asked(given),
    });
  };
  const rarely = verdictOn(claim, { groups: [numbers([1, 0, 0, 1])] });
  assert.equal(rarely.verdict, 'undecided');
  assert.match(rarely.because, /unpacked-overlay 2 of 4,000/);
  assert.equal(verdictOn(claim, { groups: [numbers(100)] }).verdict, 'not supported');
});

test('undecided: the number of a superblock of a variant, or of an arm with options, is no more certain', () => {
  const once = asked([0, 1, 0, 0]);
  for (const [arm, backend] of [
    ['unpacked-overlay-unlinkat', 'unpacked-overlay-unlinkat'],
    ['unpacked-overlay#2', 'unpacked-overlay'],
    ['layers', 'unpacked-overlay'],
  ] as const) {
    const variant = { ...group({ [arm]: once }), backends: { [arm]: backend } };
    const judged = verdictOn(claim, { groups: [headline(0), variant] });
    assert.equal(judged.verdict, 'undecided', arm);
    assert.ok(judged.because.includes(`${arm} 1 of 4,000`));
  }
  const loop = { ...group({ unpacked: once }), backends: { unpacked: 'erofs-overlay-loop' } };
  assert.equal(verdictOn(claim, { groups: [headline(0), loop] }).verdict, 'not supported');
});

test('undecided: too few unmounts to say never; the backend with fewest decides', () => {
  const few = verdictOn(claim, { groups: [headline(0, 374)] });
  assert.equal(few.verdict, 'undecided');
  assert.match(few.because, /no leftovers in 2,992 unmounts of a headline backend; 3,000 are needed/);
  assert.equal(verdictOn(claim, { groups: [headline(0, 374), headline(0, 1)] }).verdict, 'supported');
  const two = headline([0, 0]);
  assert.equal(verdictOn(claim, { groups: [two] }).verdict, 'undecided');
});

test('undecided: a slot of a headline backend failed, and its counts are lost; one case still refutes', () => {
  const failed = ['composefs-fuse', 'erofs-overlay-loop'];
  const judged = verdictOn(claim, { groups: [{ ...headline(0), failed }] });
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /^slots of composefs-fuse failed, /);
  assert.match(judged.wouldDecide, /without failed slots/);
  assert.equal(judged.figures.length, 3);
  const held = verdictOn(claim, { groups: [{ ...headline([0, 0, 0, 1]), failed }] });
  assert.equal(held.verdict, 'not supported');
  const variant = { ...headline(0), failed: ['erofs-overlay-loop'] };
  assert.equal(verdictOn(claim, { groups: [variant] }).verdict, 'supported');
});

test('a backend that cannot be checked is named and gets no zero', () => {
  const shared = group({ 'composefs-fuse-shared': { setUpWallNs: 1e8 } });
  const judged = verdictOn(claim, { groups: [headline(0), shared] });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /could not be checked, so not counted: composefs-fuse-shared$/);
  assert.ok(!judged.figures.some(({ what }) => what.startsWith('composefs-fuse-shared')));
  const blind = group({
    'erofs-overlay': asked(0),
    'unpacked-overlay': { setUpWallNs: 1e8 },
    'composefs-fuse': asked(0),
  });
  assert.equal(verdictOn(claim, { groups: [blind] }).verdict, 'undecided');
});

test('not testable: a headline backend could not run, with the run’s reason', () => {
  const kernel = group({ 'erofs-overlay': asked(0), 'unpacked-overlay': asked(0) });
  const skipped = [
    { kind: 'arm' as const, arm: 'composefs-fuse', backend: 'composefs-fuse', need: 'FUSE', reason: 'none' },
  ];
  assert.equal(verdictOn(claim, { groups: [kernel], skipped }).because, 'composefs-fuse: FUSE: none');
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
});
