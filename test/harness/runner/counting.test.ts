import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { type Counting, furtherPass } from '../../../harness/runner/counting.ts';
import { countingSlots, type Group, keyOf } from '../../../harness/runner/plan.ts';
import { slownessOf } from '../../../harness/runner/ready.ts';
import { partOfPlan, samePlan } from '../../../harness/runner/resume.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const arms = backends
  .filter(({ answers }) => answers === undefined)
  .map((backend) => ({ id: backend.id, backend, options: {} }));
const group = (id: string, rank: number): Group => ({
  scenario: scenarios.find((known) => known.id === id)!,
  params: {},
  image: 'image',
  arms,
  rank,
});
const groups = ['churn', 'walk-warm', 'memory', 'random-stat'].map(group);
const SECOND_NS = 1e9;

/** Of every group a block takes a second and a counting pass `passSec`. */
const counting = (passesDone: number, leftSec: number, passSec = 2): Counting => ({
  passesDone,
  passesAsked: 5,
  blocks: 8,
  availableNs: leftSec * SECOND_NS,
  costs: groups.map(({ scenario, image, rank = 0 }) => ({
    image,
    scenario: scenario.id,
    kept: scenario.headline.length > 0 && scenario.ownSection !== true,
    rank,
    blockNs: SECOND_NS,
    onceNs: 0,
  })),
  passNs: new Map(groups.map((one) => [keyOf(one), passSec * SECOND_NS])),
});
const idsOf = (of: readonly Group[]): readonly string[] => of.map(({ scenario }) => scenario.id);

test('everything is counted as often as was asked while there is room', () => {
  for (const passesDone of [1, 2, 3, 4]) {
    const { groups: next, dropped } = furtherPass(groups, counting(passesDone, 100));
    assert.deepEqual([idsOf(next), dropped], [idsOf(groups), []]);
  }
  assert.deepEqual(furtherPass(groups, counting(5, 100)), { groups: [], dropped: [] });
});

test('after the first pass what has no room for two more and its blocks is left out, the last one first', () => {
  // Each takes two more passes of 2 s and eight blocks of 1 s: 12 s, and first slots are slower than later ones.
  assert.equal(furtherPass(groups, counting(1, 32)).groups.length, 4);
  const { groups: next, dropped } = furtherPass(groups, counting(1, 31));
  assert.deepEqual(idsOf(next), ['churn', 'walk-warm', 'memory']);
  assert.equal(dropped.length, 1);
  assert.match(
    dropped[0]!,
    /^scenario random-stat: 8 blocks with it take about 48 s, the budget leaves 46 s$/,
  );
});

test('after the first pass what no claim stands on goes before an image does', () => {
  const second = { ...group('churn', 0), image: 'second' };
  const [churn] = groups;
  const both = [churn!, second, group('build', 3)];
  const tight = counting(1, 31, 4);
  const [cost] = tight.costs;
  const { groups: next, dropped } = furtherPass(both, {
    ...tight,
    costs: [
      cost!,
      { ...cost!, image: 'second' },
      { ...cost!, ...{ image: 'own', own: true, scenario: 'build', kept: false, spare: true } },
    ],
    passNs: new Map(both.map((one) => [keyOf(one), 4 * SECOND_NS])),
  });
  assert.deepEqual(next, [churn, second]);
  assert.match(dropped.join(), /^scenario build: 8 blocks with it take about 48 s, the budget leaves 46 s$/);
});

test('a fourth pass is not paid for with a scenario', () => {
  // Eight blocks of all take 32 s, one more pass 8 s.
  assert.deepEqual(idsOf(furtherPass(groups, counting(3, 40)).groups), idsOf(groups));
  const { groups: next, dropped } = furtherPass(groups, counting(3, 39));
  assert.deepEqual(next, []);
  assert.deepEqual(dropped, ['counting passes: 3 instead of 5, the budget has no room for more']);
});

test('where nothing is timed only the passes need room, and without a budget nothing is left out', () => {
  assert.equal(furtherPass(groups, { ...counting(1, 11), blocks: 0 }).groups.length, 4);
  assert.equal(furtherPass(groups, { ...counting(1, 10), blocks: 0 }).groups.length, 3);
  assert.equal(furtherPass(groups, counting(4, Number.POSITIVE_INFINITY)).groups.length, 4);
});

test('a run goes on where its counted slots are some of those that would be planned now', () => {
  const planned = countingSlots(groups, 3);
  const counted = planned.filter(({ block, scenario }) => block === 0 || scenario !== 'walk-warm');
  assert.ok(counted.length < planned.length);
  assert.equal(samePlan(counted, planned), false);
  assert.equal(partOfPlan(counted, planned), true);
  assert.equal(partOfPlan(counted, countingSlots(groups.slice(1), 3)), false);
});

test('a first preparation tells a fast or slow machine only when it is far from what was expected', () => {
  assert.deepEqual([0.1, 0.5, 1, 2, 8].map(slownessOf), [0.2, 1, 1, 1, 4]);
});
