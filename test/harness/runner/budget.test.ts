import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import {
  affordable,
  affordableImages,
  byRank,
  groupNeedNs,
  keepingFirst,
  mayStart,
  openSlotTimes,
} from '../../../harness/runner/budget.ts';
import type { Group } from '../../../harness/runner/plan.ts';
import { type Sample, SCHEMA } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { simulate } from './simulated-run.ts';

const arms = backends
  .filter(({ answers }) => answers === undefined)
  .map((backend) => ({ id: backend.id, backend, options: {} }));
const scenarioOf = (id: string) => scenarios.find((known) => known.id === id)!;
const group = (id: string, image = 'image'): Group => ({ scenario: scenarioOf(id), params: {}, image, arms });
const names = (groups: readonly Group[]) => groups.map(({ scenario, image }) => `${scenario.id} ${image}`);
const SECOND_NS = 1e9;

test('the lowest-ranked groups end while the need of all exceeds the time left', () => {
  const groups = ['churn', 'walk-warm', 'memory'].map((id) => group(id));
  const needs = new Map([3, 2, 1].map((need, i) => [groups[i]!, need]));
  const keptAt = (leftNs: number) => affordable(groups, (one) => needs.get(one)!, leftNs).kept.length;
  assert.deepEqual([2.6, 2.7, 4.3, 4.4, 5.2, 5.3].map(keptAt), [0, 1, 1, 2, 2, 3]);
});

test('a cheap group never takes the place of a group that ranks higher', () => {
  const [first, dear, cheap] = ['churn', 'walk-warm', 'memory'].map((id) => group(id)) as [
    Group,
    Group,
    Group,
  ];
  const needs = new Map([
    [first, 1],
    [dear, 100],
    [cheap, 1],
  ]);
  const { kept, ended } = affordable([first, dear, cheap], (one) => needs.get(one)!, 50);
  assert.deepEqual(names(kept), ['churn image']);
  assert.deepEqual(
    ended.map(({ neededNs, leftNs }) => [neededNs, leftNs]),
    [
      [101, 50],
      [102, 50],
    ],
  );
});

test('below the first look the highest-ranked group goes on until the end of the budget', () => {
  const groups = ['churn', 'walk-warm'].map((id) => group(id));
  const { kept, ended } = keepingFirst(groups, () => 10, 5);
  assert.deepEqual(names(kept), ['churn image']);
  assert.deepEqual(names(ended.map((one) => one.group)), ['walk-warm image']);
});

test('scenarios of the first table rank by image, then the others by scenario', () => {
  const ids = ['churn', 'walk-warm', 'memory', 'prefetch'];
  const groups = ['b', 'a'].flatMap((image) => [...ids].reverse().map((id) => group(id, image)));
  assert.deepEqual(names(byRank(groups, { scenarios: ids.map(scenarioOf), images: ['a', 'b'] })), [
    ...['churn a', 'walk-warm a', 'churn b', 'walk-warm b'],
    ...['memory a', 'memory b', 'prefetch a', 'prefetch b'],
  ]);
});

test('an image that only some scenarios measure ranks below all scenarios of the others', () => {
  const ids = ['churn', 'walk-warm', 'memory', 'prefetch'];
  const groups = ['large', 'base'].flatMap((image) => ids.map((id) => group(id, image)));
  const imageScenarios = new Map([['large', ['walk-warm', 'prefetch']]]);
  const ranking = { scenarios: ids.map(scenarioOf), images: ['large', 'base'], imageScenarios };
  // `memory` names its image itself, whatever the images of the run.
  assert.deepEqual(names(byRank(groups, ranking)), [
    ...['churn base', 'walk-warm base', 'memory large', 'memory base', 'prefetch base'],
    ...['churn large', 'walk-warm large', 'prefetch large'],
  ]);
  assert.deepEqual(names(byRank(groups, { ...ranking, last: ['memory'] })).slice(-2), [
    'memory large',
    'memory base',
  ]);
});

test('a scenario’s further parameters rank below the first ones of all scenarios of the first table', () => {
  const churn = scenarioOf('churn');
  const churns = churn.params.map((params) => ({ ...group('churn'), params }));
  const pinned = { ...group('walk-warm'), params: { placement: 'same-cpu' } };
  const ranked = byRank([...churns, group('walk-warm'), pinned], {
    scenarios: [churn, scenarioOf('walk-warm')],
    images: ['image'],
  });
  assert.deepEqual(
    ranked.map(({ scenario, params }) => [scenario.id, params]),
    [
      ['churn', { local: 'files' }],
      ['walk-warm', {}],
      ['walk-warm', { placement: 'same-cpu' }],
      ...churn.params.slice(1).map((params) => ['churn', params]),
    ],
  );
});

test('scenarios that are only counted rank after the first parameters of the first image', () => {
  const ids = ['churn', 'walk-warm', 'lookup-trace', 'memory'];
  const counted = [group('lookup-trace', 'small')];
  const timed = ['a', 'b'].flatMap((image) => [
    ...scenarioOf('churn').params.map((params) => ({ ...group('churn', image), params })),
    group('walk-warm', image),
    group('memory', image),
  ]);
  const ranking = { scenarios: ids.map(scenarioOf), images: ['large', 'a', 'b', 'small'] };
  const further = (image: string): string[] =>
    scenarioOf('churn')
      .params.slice(1)
      .map(() => `churn ${image}`);
  assert.deepEqual(names(byRank([...timed, ...counted], ranking)), [
    ...['churn a', 'walk-warm a', 'lookup-trace small', ...further('a')],
    ...['churn b', 'walk-warm b', ...further('b'), 'memory a', 'memory b'],
  ]);
  assert.deepEqual(names(byRank(counted, ranking)), ['lookup-trace small']);
});

const sample = (pass: 'time' | 'count', block: number, slotNs: number): Sample => ({
  ...{ seq: 0, block, order: 0, pass, scenario: 'churn', arm: 'x', backend: 'x', image: 'image' },
  ...{ cache: 'warm', params: {}, schema: SCHEMA, startedAt: '', slotNs, took: {}, notes: [] },
  ...{ outcome: 'ok', values: {} },
});

test('a group is charged by its timed slots, else by its last counting pass, else by one round of the estimate', () => {
  const one = group('churn');
  const times = openSlotTimes();
  const size = { entryCount: 10, objectCount: 5, objectBytes: 100 };
  const projector = { sizes: new Map([['image', size]]), times };
  const need = (passes: number, blocks: number) => groupNeedNs(one, projector, { passes, blocks });
  const roughNs = one.scenario.roughNs(size, {});
  assert.equal(need(3, 8), roughNs * (3 + 4));
  times.saw(sample('count', 0, 5 * SECOND_NS));
  times.saw(sample('count', 1, 1 * SECOND_NS));
  times.saw(sample('count', 1, 3 * SECOND_NS));
  assert.equal(need(2, 8), 2 * SECOND_NS * (2 * 3 + 0.74 * 8 * 4));
  times.saw(sample('time', 0, 1 * SECOND_NS));
  assert.equal(need(0, 8), 8 * 4 * SECOND_NS);
  times.saw({
    ...sample('time', 1, 9 * SECOND_NS),
    outcome: 'failed',
    phase: 'mount',
    code: 'x',
    message: '',
  } as Sample);
  assert.equal(need(0, 8), 8 * 4 * SECOND_NS, 'a failed slot says nothing of the time');
});

test('an untimed group is charged by its counting slots, scaled by the timed slots of its scenario', () => {
  const times = openSlotTimes();
  const other = group('churn', 'other');
  times.saw(sample('count', 0, SECOND_NS));
  times.saw({ ...sample('count', 0, 2 * SECOND_NS), image: 'other' });
  assert.equal(times.slotNs(other, 'time'), 0.74 * 2 * SECOND_NS);
  times.saw(sample('time', 0, 14 * SECOND_NS));
  assert.equal(times.slotNs(other, 'time'), 14 * 2 * SECOND_NS);
  times.saw({ ...sample('time', 0, 3 * SECOND_NS), image: 'other' });
  assert.equal(times.slotNs(other, 'time'), 3 * SECOND_NS);
});

test('an image is prepared only if there is time for it after the groups that rank higher', () => {
  const size = { entryCount: 1000, objectCount: 1000, objectBytes: 1e6 };
  const sizes = new Map(['a', 'b'].map((name) => [name, size]));
  const ranked = [group('churn', 'a'), group('churn', 'b')];
  const preparing = { sizes, slowness: 1, prepared: new Set<string>(), proved: new Set<string>() };
  const kept = (leftSec: number, slowness = 1) =>
    affordableImages(
      ranked,
      { ...preparing, slowness },
      { passes: 3, blocks: 8 },
      leftSec * SECOND_NS,
    ).kept.map(({ image }) => image);
  assert.deepEqual(kept(1), ['a']);
  assert.deepEqual(kept(60), ['a', 'b']);
  assert.deepEqual(kept(60, 100), ['a']);
});

const PROFILES = [
  { profile: 'quick', budgets: [3, 10, 20] },
  { profile: 'default', budgets: [10, 30, 60, 90, 200] },
  { profile: 'full', budgets: [30, 120, 600, 1500, 1800, 4000] },
] as const;

const MACHINES = [
  { slowness: 0.4 },
  { slowness: 1 },
  { slowness: 3 },
  { slowness: 1, noise: 0.3 },
  { slowness: 1, noise: 0.3, thenSlower: 2 },
  { recorded: 'slow', slowness: 1 },
  { recorded: 'slow', slowness: 1, noise: 0.3, thenSlower: 2 },
] as const;
const FIRST_LOOK = 8;
/** Longer than any slot on the slowest machine: a run measures one slot of a group before it knows how long the others take. */
const FIRST_SLOT_SEC = 20;

for (const { profile, budgets } of PROFILES)
  for (const machine of MACHINES)
    test(`${profile} on ${JSON.stringify(machine)}: budgets are kept and no lower rank is preferred`, async () => {
      for (const budgetSec of budgets) {
        const run = await simulate(profile, budgetSec, machine);
        const at = `${budgetSec} s`;
        const isMeasured = run.groups.some(({ blocks }) => blocks > 0);
        const mostSec = isMeasured
          ? 1.05 * budgetSec
          : Math.max(1.05 * budgetSec, budgetSec + FIRST_SLOT_SEC);
        assert.ok(run.elapsedNs <= mostSec * SECOND_NS, `${at}: took ${run.elapsedNs / SECOND_NS} s`);
        const firstOpen = run.groups.findIndex(({ looked }) => !looked);
        // A run that is cut off stops inside a block: a lower rank may then have finished its last block up to the first look.
        const preferred = run.stop === null ? FIRST_LOOK : FIRST_LOOK + 1;
        if (firstOpen >= 0)
          assert.deepEqual(
            run.groups.slice(firstOpen + 1).filter(({ blocks }) => blocks >= preferred),
            [],
            `${at}: a lower rank was preferred to ${run.groups[firstOpen]!.key}, which has no verdict`,
          );
        assert.deepEqual(await simulate(profile, budgetSec, machine), run, `${at}: same times, same plan`);
      }
    });

test('a slot that would end after its share of the reserve does not start', () => {
  const deadline = { budgetNs: 100, leftNs: () => 10 };
  assert.deepEqual(
    [14, 15].map((slotNs) => mayStart(deadline, slotNs)),
    [true, false],
  );
  assert.ok(mayStart({ budgetNs: Number.POSITIVE_INFINITY, leftNs: () => Number.POSITIVE_INFINITY }, 1e15));
});

test('the default profile gives every group its first look within 90 s at recorded speed', async () => {
  const { groups, stop } = await simulate('default', 90, { slowness: 1 });
  assert.equal(stop, null);
  assert.ok(groups.every(({ looked }) => looked));
});

test('a larger budget never gives fewer groups their first look', async () => {
  const looked = async (budgetSec: number) =>
    (await simulate('full', budgetSec, { slowness: 1 })).groups.filter((one) => one.looked).length;
  const counts = await Promise.all([300, 600, 1200, 1800, 3600].map(looked));
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );
});
