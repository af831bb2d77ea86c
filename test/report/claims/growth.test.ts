import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, evidenceOf } from '../../../report/claims/evidence.ts';
import { callGrowth, timeAt, timeLines, timePerFile, timePower } from '../../../report/claims/growth.ts';
import { startTally } from '../../../results/compare/tally.ts';
import { type Made, made } from './journal.ts';

const ARM = 'unpacked-overlay';
const SIZES = [100, 300, 1000];

const evidence = (groups: Made['groups']): Evidence => {
  const { run, samples } = made({
    groups,
    images: SIZES.map((files) => ({ name: `of-${files}`, fileCount: files })),
  });
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return evidenceOf(run, tally.finish());
};

const group = (files: number, wallNs: readonly number[], calls: number | readonly number[] = 7) => ({
  scenario: 'churn-scale',
  params: { store: 'empty', files },
  image: `of-${files}`,
  time: { [ARM]: { createWallNs: wallNs, destroyWallNs: wallNs.map((ns) => 2 * ns) } },
  count: { [ARM]: { createCallCount: calls } },
  ledgers: { [ARM]: { create: { tar: { read: 1 } } } },
});

const PLACE = { scenario: 'churn-scale' };
const times = (of: Evidence, metrics: readonly string[] = ['createWallNs']) =>
  timeLines(of, of.groups(PLACE), ARM, metrics);

test('what drifts over a run is in every size of a block, and in no slope', () => {
  const of = evidence(
    SIZES.map((files) =>
      group(
        files,
        Array.from({ length: 8 }, (_, block) => 1e6 * block + 50 * files),
      ),
    ),
  );
  const slope = timePerFile(times(of));
  assert.ok(slope.kind === 'interval');
  for (const value of [slope.lo, slope.center, slope.hi]) assert.ok(Math.abs(value - 50) < 1e-6, `${value}`);
});

test('sums of metrics are of one block, and what a line says elsewhere is its start and its slope', () => {
  const of = evidence(SIZES.map((files) => group(files, Array(8).fill(1000 + 50 * files))));
  const there = timeAt(times(of, ['createWallNs', 'destroyWallNs']), 10_000);
  assert.ok(there.kind === 'interval' && Math.abs(there.center - 3 * (1000 + 50 * 10_000)) < 1e-3);
});

test('the power of the files shows a bend that a line hides; two sizes have none', () => {
  const of = evidence(SIZES.map((files) => group(files, Array(8).fill(7 * files ** 1.5))));
  const power = timePower(times(of));
  assert.ok(power.kind === 'interval' && Math.abs(power.center - 1.5) < 1e-9);
  const two = evidence(SIZES.slice(1).map((files) => group(files, Array(8).fill(7 * files))));
  assert.equal(timePower(times(two)).kind, 'tooFew');
});

test('a block without all sizes gives no line, seven blocks give no interval, one size none at all', () => {
  const wall = Array(8).fill(1000);
  const torn = times(evidence([group(100, wall), group(300, wall.slice(0, 7))]));
  assert.equal(torn.lines.size, 7);
  assert.equal(timePerFile(torn).kind, 'tooFew');
  assert.deepEqual(times(evidence([group(100, wall)])), {
    sizes: [100],
    lines: new Map(),
    powers: new Map(),
  });
});

test('calls give slopes between neighbouring sizes, so that a bend shows', () => {
  const of = evidence([group(100, [1], 1000), group(300, [1], 1200), group(1000, [1], 8200)]);
  const growth = callGrowth(of, of.groups(PLACE), ARM, ['create'])!;
  assert.deepEqual([growth.least, growth.most, growth.sizes], [1, 10, 3]);
  assert.ok(growth.perFile > 1 && growth.perFile < 10);
});

test('a phase without a call is none, an arm that was not counted is unknown, passes that differ are no answer', () => {
  const of = evidence([group(100, [1], 5), group(300, [1], 5)]);
  assert.equal(callGrowth(of, of.groups(PLACE), ARM, ['mount'])!.perFile, 0);
  assert.equal(callGrowth(of, of.groups(PLACE), 'erofs-overlay', ['mount']), null);
  const varying = evidence([group(100, [1], [5, 6, 5]), group(300, [1], 5)]);
  assert.equal(callGrowth(varying, varying.groups(PLACE), ARM, ['create']), null);
});
