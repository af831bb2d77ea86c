import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { countingSlots, type Group, timingSlots } from '../../../harness/runner/plan.ts';
import { asRecorded, ofGroups, samePlan } from '../../../harness/runner/resume.ts';
import type { Slot } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const BASELINE = 'erofs-overlay';
const LOST = 'composefs-fuse';
const arms = [BASELINE, LOST].map((id) => ({
  id,
  backend: backends.find((backend) => backend.id === id)!,
  options: {},
}));
const group = (id: string, image: string): Group => {
  const scenario = scenarios.find((known) => known.id === id)!;
  return { scenario, params: scenario.params[0]!, image, arms };
};
/** `random-stat` is timed only. */
const groups = [
  group('walk-warm', 'one'),
  group('random-stat', 'one'),
  group('walk-warm', 'two'),
  group('random-stat', 'two'),
];
const timed = (of: readonly Group[]) =>
  timingSlots(of, { blocks: 2, baseline: BASELINE, seed: 's', firstSeq: 100 });
const withoutLost = ({ arm, image }: Slot): boolean => arm !== LOST || image !== 'one';
const armsOf = (of: readonly Group[]): Record<string, readonly string[]> =>
  Object.fromEntries(of.map((one) => [`${one.scenario.id} ${one.image}`, one.arms.map(({ id }) => id)]));

test('without a recorded plan the groups stay unchanged', () => {
  assert.equal(asRecorded(groups, [], BASELINE), groups);
});

const BOTH = [BASELINE, LOST];
const REST = {
  'walk-warm one': [BASELINE],
  'random-stat one': [BASELINE],
  'walk-warm two': BOTH,
  'random-stat two': BOTH,
};

test('an arm lost on an image is left out of its groups, before and after the timed part is planned', () => {
  const counted = countingSlots(groups, 2).filter(withoutLost);
  assert.deepEqual(armsOf(asRecorded(groups, counted, BASELINE)), REST);
  const all = [...counted, ...timed(groups).filter(withoutLost)];
  assert.deepEqual(armsOf(asRecorded(groups, all, BASELINE)), REST);
});

test('a group without slots in the recorded plan is left out', () => {
  const isLeft = ({ scenario, image }: Slot): boolean => scenario !== 'random-stat' || image !== 'one';
  const { 'random-stat one': _, ...left } = armsOf(groups);
  const all = [...countingSlots(groups, 2), ...timed(groups)].filter(isLeft);
  assert.deepEqual(armsOf(asRecorded(groups, all, BASELINE)), left);
});

test('slots of an arm lost in this session are left out; slots of the null arm follow the baseline', () => {
  const all = [...countingSlots(groups, 2), ...timed(groups)];
  const now = groups.map((one) =>
    one.image === 'one' ? { ...one, arms: one.arms.filter(({ id }) => id !== LOST) } : one,
  );
  assert.deepEqual(ofGroups(all, now, BASELINE), all.filter(withoutLost));
  assert.ok(ofGroups(all, now, BASELINE).some(({ arm }) => arm === 'null'));
});

test('plans are the same whichever arms were lost when their slots were numbered', () => {
  const lost = asRecorded(groups, countingSlots(groups, 2).filter(withoutLost), BASELINE);
  const recorded = countingSlots(groups, 2).filter(withoutLost);
  assert.notDeepEqual(recorded, countingSlots(lost, 2));
  assert.ok(samePlan(recorded, countingSlots(lost, 2), true));
  assert.ok(!samePlan(recorded, countingSlots(lost, 3), true));
  assert.ok(samePlan(recorded, countingSlots(lost, 3), false));
  assert.ok(!samePlan(recorded, countingSlots(lost, 1), false));
});
