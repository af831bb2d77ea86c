import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, evidenceOf } from '../../../report/claims/evidence.ts';
import { callGrowth, sums, timeGrowth } from '../../../report/claims/growth.ts';
import { startTally } from '../../../results/compare/tally.ts';
import { type MadeRun, made } from './journal.ts';

const ARM = 'unpacked-overlay';
const SIZES = [100, 300, 1000];

const evidence = (groups: MadeRun['groups']): Evidence => {
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
  params: { local: 'files', files },
  image: `of-${files}`,
  time: { [ARM]: { createWallNs: wallNs, destroyWallNs: wallNs.map((ns) => 2 * ns) } },
  count: { [ARM]: { createCallCount: calls } },
  ledgers: { [ARM]: { create: { tar: { read: 1 } } } },
});

const PLACE = { scenario: 'churn-scale' };
const powerOf = (of: Evidence, metrics: readonly string[] = ['createWallNs']) =>
  of.interval(timeGrowth(of, of.groups(PLACE), ARM, metrics).powers);

test('drift over a run affects every size of a block and no exponent', () => {
  const of = evidence(
    SIZES.map((files) =>
      group(
        files,
        Array.from({ length: 8 }, (_, block) => (1 + block) * 50 * files),
      ),
    ),
  );
  const power = powerOf(of);
  assert.ok(power.kind === 'interval');
  for (const value of [power.lo, power.center, power.hi]) assert.ok(Math.abs(value - 1) < 1e-9, `${value}`);
});

test('metrics are summed block by block', () => {
  const of = evidence(SIZES.map((files) => group(files, Array(8).fill(1000 * files))));
  const both = sums(of, of.groups(PLACE)[0]!, ARM, ['createWallNs', 'destroyWallNs']);
  assert.deepEqual([...both.values()], Array(8).fill(3 * 1000 * SIZES[0]!));
});

test('an exponent shows a bend that a line hides; two sizes give none', () => {
  const of = evidence(SIZES.map((files) => group(files, Array(8).fill(7 * files ** 1.5))));
  const power = powerOf(of);
  assert.ok(power.kind === 'interval' && Math.abs(power.center - 1.5) < 1e-9);
  const two = evidence(SIZES.slice(1).map((files) => group(files, Array(8).fill(7 * files))));
  assert.equal(powerOf(two).kind, 'tooFew');
});

test('blocks without all sizes and single sizes give no exponent; seven blocks give no interval', () => {
  const wall = Array(8).fill(1000);
  const torn = evidence([group(100, wall), group(300, wall.slice(0, 7)), group(1000, wall)]);
  assert.equal(timeGrowth(torn, torn.groups(PLACE), ARM, ['createWallNs']).powers.size, 7);
  assert.equal(powerOf(torn).kind, 'tooFew');
  const one = evidence([group(100, wall)]);
  assert.deepEqual(timeGrowth(one, one.groups(PLACE), ARM, ['createWallNs']), {
    sizes: [100],
    powers: new Map(),
  });
});

test('two images of nearly equal size have no slope, and images of equal size count apart', () => {
  const images = [
    { name: 'one', fileCount: 1000 },
    { name: 'near', fileCount: 1001 },
    { name: 'equal', fileCount: 1000 },
    { name: 'far', fileCount: 3000 },
  ];
  const { run, samples } = made({
    images,
    groups: [
      { ...group(1000, [1], 5000), image: 'one' },
      { ...group(1001, [1], 4000), image: 'near' },
      { ...group(1000, [1], 9000), image: 'equal' },
      { ...group(3000, [1], 15_000), image: 'far' },
    ],
  });
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  const of = evidenceOf(run, tally.finish());
  const growth = callGrowth(of, of.groups(PLACE), ARM, ['create'])!;
  assert.deepEqual([growth.least, growth.most], [3, 11_000 / 1999]);
  assert.deepEqual(growth.sizes, [1000, 1001, 3000]);
  const near = of.groups(PLACE).filter(({ group: { image } }) => image !== 'far');
  assert.equal(callGrowth(of, near, ARM, ['create']), null);
});

test('slopes of calls are between every two sizes, so a bend shows', () => {
  const of = evidence([group(100, [1], 1000), group(300, [1], 1200), group(1000, [1], 8200)]);
  const growth = callGrowth(of, of.groups(PLACE), ARM, ['create'])!;
  assert.deepEqual([growth.least, growth.most, growth.sizes], [1, 10, [100, 300, 1000]]);
});

test('a phase without a call is zero; an uncounted arm, unequal passes and too few passes are null', () => {
  const of = evidence([group(100, [1], 5), group(300, [1], 5)]);
  assert.equal(callGrowth(of, of.groups(PLACE), ARM, ['mount'])!.most, 0);
  assert.equal(callGrowth(of, of.groups(PLACE), 'erofs-overlay', ['mount']), null);
  const varying = evidence([group(100, [1], [5, 6, 5]), group(300, [1], 5)]);
  assert.equal(callGrowth(varying, varying.groups(PLACE), ARM, ['create']), null);
  const few = evidence([group(100, [1], [5, 5]), group(300, [1], [5, 5, 5])]);
  assert.equal(callGrowth(few, few.groups(PLACE), ARM, ['create']), null);
});

test('a phase without a call in one pass is not equal in every pass', () => {
  const counted = (files: number, calls: readonly number[]) => {
    const one = group(files, [1], calls);
    return { ...one, count: { [ARM]: { createCallCount: calls, destroyCallCount: [2, 2, 2] } } };
  };
  const growthOf = (calls: readonly number[]) => {
    const of = evidence([counted(100, calls), counted(300, [5, 5, 5])]);
    return callGrowth(of, of.groups(PLACE), ARM, ['create']);
  };
  assert.equal(growthOf([5, 5, 5])!.most, 0);
  assert.equal(growthOf([5, 5]), null);
});
