import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c02.ts';
import { around, type Made, type MadeGroup, verdictOn } from './journal.ts';

const PUBLISHED_FILES = 51_010;
const SIZES = [100, 500];

const scale = (files: number, nsPerFile: number, mountNs: number, spread: number): MadeGroup => ({
  scenario: 'churn-scale',
  params: { store: 'empty', files },
  image: `synthetic-${files}`,
  time: {
    'unpacked-overlay': {
      createDurableWallNs: around(0.4 * nsPerFile * files, 8, spread),
      destroyDurableWallNs: around(0.6 * nsPerFile * files, 8, spread),
    },
    'erofs-overlay': { mountWallNs: around(mountNs), unmountWallNs: around(mountNs) },
  },
});

const run = (nsPerFile: number, mountNs = 1e5, spread = 0.03, sizes: readonly number[] = SIZES): Made => ({
  groups: sizes.map((files) => scale(files, nsPerFile, mountNs, spread)),
  images: sizes.map((files) => ({ name: `synthetic-${files}`, fileCount: files })),
});

/** So that the whole life at the published size takes this long. */
const perFile = (seconds: number): number => (seconds * 1e9) / PUBLISHED_FILES;

test('supported: more than a minute with its interval, and mounts that take next to nothing', () => {
  const judged = verdictOn(claim, run(perFile(120)));
  assert.equal(judged.verdict, 'supported');
  const [life] = judged.told;
  assert.ok(life!.interval?.kind === 'interval');
  assert.ok(Math.abs(life!.value / 120e9 - 1) < 1e-6, `${life!.value}`);
  assert.match(life!.what, /extrapolated from 100, 500 to 51010 files/);
  assert.match(life!.published!, /Chinner, 18 Jan 2023/);
});

test('with a third size the run tells the power of the files with which the time grows', () => {
  const powerOf = (made: Made) => verdictOn(claim, made).told.find(({ metric }) => metric === 'power');
  assert.equal(powerOf(run(perFile(120))), undefined);
  const power = powerOf(run(perFile(120), 1e5, 0.03, [...SIZES, 10_000]));
  assert.ok(power!.interval?.kind === 'interval' && Math.abs(power!.value - 1) < 0.01, `${power!.value}`);
});

test('not supported: less than a minute', () => {
  const judged = verdictOn(claim, run(perFile(10)));
  assert.equal(judged.verdict, 'not supported');
  assert.match(judged.because, /less than a minute/);
});

test('not supported: a mount that takes more than a hundredth', () => {
  const judged = verdictOn(claim, run(perFile(120), 2e9));
  assert.equal(judged.verdict, 'not supported');
  assert.match(judged.because, /more than a hundredth/);
});

test('undecided: the minute lies within the interval; a larger image would decide it', () => {
  const judged = verdictOn(claim, run(perFile(60), 1e5, 0.2));
  assert.equal(judged.verdict, 'undecided');
  assert.ok(judged.verdict === 'undecided' && /full/.test(judged.wouldDecide));
});

test('noise of the machine speaks for nobody: it makes a minute undecided, and less than a minute all the more so', () => {
  const noisy = { noise: 'others use 40 % of the CPUs' };
  const slow = verdictOn(claim, { ...run(perFile(120)), ...noisy });
  assert.equal(slow.verdict, 'undecided');
  assert.match(slow.because, /while others use 40 % of the CPUs/);
  assert.equal(verdictOn(claim, { ...run(perFile(120), 2e9), ...noisy }).verdict, 'undecided');
  assert.equal(verdictOn(claim, { ...run(perFile(10)), ...noisy }).verdict, 'not supported');
});

test('undecided: one size, or no mount of a manifest', () => {
  const { groups, images } = run(perFile(120));
  assert.equal(verdictOn(claim, { groups: groups.slice(0, 1), images: images! }).verdict, 'undecided');
  const alone = groups.map((group) => ({
    ...group,
    time: { 'unpacked-overlay': group.time!['unpacked-overlay']! },
  }));
  assert.equal(verdictOn(claim, { groups: alone, images: images! }).verdict, 'undecided');
});

test('not testable: the run says why nothing was unpacked', () => {
  const skipped = [{ what: 'unpacked-overlay', need: 'GNU tar', reason: 'tar: not found' }];
  const judged = verdictOn(claim, { groups: [], skipped, scenarios: ['churn-scale'] });
  assert.equal(judged.verdict, 'not testable');
  assert.equal(judged.because, 'GNU tar: tar: not found');
});
