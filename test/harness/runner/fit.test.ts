import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { pairKey, roughCosts } from '../../../harness/runner/cost.ts';
import { type Costed, fitBudget, livesThatFit } from '../../../harness/runner/fit.ts';
import type { Group } from '../../../harness/runner/plan.ts';
import { claims } from '../../../report/claims/registry.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const group = (image: string, scenario: string, kept: boolean, seconds: number): Costed => ({
  image,
  scenario,
  kept,
  blockNs: seconds * 1e9,
  onceNs: 0,
});
const four = ['one', 'two', 'three', 'four'].flatMap((image) => [
  group(image, 'churn', true, 1),
  group(image, 'churn-fresh', false, 1),
]);

test('a plan that fits loses nothing', () => {
  const fit = fitBudget(four, 8, 64e9);
  assert.deepEqual([fit.images.length, fit.scenarios.length, fit.dropped, fit.fits], [4, 2, [], true]);
});

test('images go first, from the last one', () => {
  const fit = fitBudget(four, 8, 40e9);
  assert.deepEqual(fit.images, ['one', 'two']);
  assert.deepEqual(fit.scenarios, ['churn', 'churn-fresh']);
  assert.match(fit.dropped[0]!, /^image four: 8 blocks with it take about 64 s, the budget leaves 40 s$/);
});

test('then scenarios without a headline row, never those with one', () => {
  const fit = fitBudget(four, 8, 9e9);
  assert.deepEqual([fit.images, fit.scenarios, fit.fits], [['one'], ['churn'], true]);
  assert.match(fit.dropped.at(-1)!, /^scenario churn-fresh/);
});

test('of several scenarios without a row in the first table the one asked for last goes first, and it is said', () => {
  const costed = ['one', 'two', 'three'].map((scenario, rank) => ({
    ...group('image', scenario, false, 1),
    rank: 2 - rank,
  }));
  const fit = fitBudget([group('image', 'churn', true, 1), ...costed], 8, 24e9);
  assert.deepEqual(fit.scenarios, ['churn', 'two', 'three']);
  assert.match(fit.droppedScenarios['one']!, /^scenario one: 8 blocks with it take about 32 s/);
});

test('what cannot fit is still planned whole, and said not to fit', () => {
  const fit = fitBudget(four, 8, 1e9);
  assert.deepEqual([fit.images, fit.scenarios, fit.fits], [['one'], ['churn'], false]);
});

test('once images are ready, what no claim stands on goes before one of them, the last first', () => {
  const spare = (id: string, rank: number, seconds: number): Costed => ({
    ...group('own', id, false, seconds),
    ...{ own: true, spare: true, rank },
  });
  const costed = [...four, { ...group('own', 'claim', false, 1), own: true, rank: 9 }];
  const all = [...costed, spare('build', 5, 2), spare('many', 6, 3)];
  assert.deepEqual(fitBudget(all, 8, 80e9).images, ['one', 'two']);
  const begun = fitBudget(all, 8, 80e9, 80e9);
  assert.deepEqual(begun.images, ['one', 'two', 'three', 'four']);
  assert.deepEqual(begun.dropped, [
    'scenario many: 8 blocks with it take about 112 s, the budget leaves 80 s',
    'scenario build: 8 blocks with it take about 88 s, the budget leaves 80 s',
  ]);
  // Where nothing else was asked for they stay, but for what has no room at all.
  const alone = fitBudget([spare('build', 5, 2), spare('many', 6, 3)], 8, 41e9, 20e9);
  assert.deepEqual(alone.scenarios, ['build', 'many']);
  // With more room for estimates that are wrong they go though all would fit, and nothing else does.
  const careful = fitBudget(all, 8, 112e9, 75e9);
  assert.deepEqual(careful.images.length, 4);
  assert.deepEqual(careful.scenarios, ['churn', 'churn-fresh', 'claim']);
  assert.match(
    careful.dropped[0]!,
    /take about 112 s of the 112 s that the budget leaves, too many for an estimate$/,
  );
});

test('scenarios that no claim names are those that may go before an image', () => {
  const named = new Set(claims.flatMap((claim) => claim.scenarios));
  const spares = scenarios.filter(({ spare }) => spare === true).map(({ id }) => id);
  assert.ok(spares.includes('live-mounts-10000') && spares.includes('micro-stat'));
  assert.deepEqual(
    spares.filter((id) => named.has(id)),
    [],
  );
});

test('what an image costs once counts too', () => {
  const costed = [group('one', 'churn', true, 1), { ...group('two', 'churn', true, 1), onceNs: 50e9 }];
  assert.deepEqual(fitBudget(costed, 8, 60e9).images, ['one']);
});

test('where only a smaller image fits at all, it is the one that stays', () => {
  const costed = [
    group('large', 'churn', true, 10),
    group('small', 'churn', true, 1),
    group('medium', 'churn', true, 3),
  ];
  const fit = fitBudget(costed, 8, 10e9);
  assert.deepEqual([fit.images, fit.fits], [['small'], true]);
  assert.match(fit.dropped.at(-1)!, /^image large: .*only small is measured$/);
});

test('lives go last: as many as let the headline rows of one image fit', () => {
  const fitWith = (availableS: number) => (lives: number) =>
    fitBudget(
      [group('one', 'churn', true, lives), group('one', 'churn-fresh', false, lives)],
      8,
      availableS * 1e9,
    );
  assert.equal(livesThatFit(5, fitWith(80)), 5);
  assert.equal(livesThatFit(5, fitWith(40)), 5, 'churn-fresh goes before a life does');
  assert.equal(livesThatFit(5, fitWith(39)), 4);
  assert.equal(livesThatFit(5, fitWith(1)), 1);
});

test('what is done already is not given up: it would make no room', () => {
  const counted = { ...group('image', 'counted', false, 0), rank: 9 };
  const timed = { ...group('image', 'timed', false, 1), rank: 1 };
  const fit = fitBudget([group('image', 'churn', true, 1), timed, counted], 8, 10e9);
  assert.deepEqual(fit.scenarios, ['churn', 'counted']);
  assert.deepEqual(Object.keys(fit.droppedScenarios), ['timed']);
});

test('of proofs those count that are still to come, each once', () => {
  const arms = backends.slice(0, 2).map((backend) => ({ id: backend.id, backend, options: {} }));
  const groups = ['walk-warm', 'walk-cold'].map((id): Group => {
    const scenario = scenarios.find((one) => one.id === id)!;
    return { scenario, params: scenario.params[0]!, image: 'one', arms, rank: 0 };
  });
  const sizes = new Map([['one', { entryCount: 1000, objectCount: 800, objectBytes: 1e7 }]]);
  const onceNs = (proved: ReadonlySet<string> | 'all'): number =>
    roughCosts(groups, sizes, { countPasses: 0, slowness: 1, prepared: new Set(['one']), proved }).reduce(
      (sum, group) => sum + group.onceNs,
      0,
    );
  const whole = onceNs(new Set());
  assert.ok(whole > 0);
  assert.equal(onceNs(new Set([pairKey(arms[0]!.id, 'one')])), whole / 2);
  assert.equal(onceNs(new Set([pairKey(arms[0]!.id, 'another')])), whole);
  assert.equal(onceNs(new Set(arms.map(({ id }) => pairKey(id, 'one')))), 0);
  assert.equal(onceNs('all'), 0);
});

test('micro-operations go before what carries a claim, and the walks never', () => {
  const arms = backends.slice(0, 2).map((backend) => ({ id: backend.id, backend, options: {} }));
  const groups = ['walk-warm', 'memory', 'micro-stat'].map((id, rank): Group => {
    const scenario = scenarios.find((one) => one.id === id)!;
    return { scenario, params: scenario.params[0]!, image: 'one', arms, rank };
  });
  const sizes = new Map([['one', { entryCount: 1000, objectCount: 800, objectBytes: 1e7 }]]);
  const costs = roughCosts(groups, sizes, {
    countPasses: 0,
    slowness: 1,
    prepared: new Set(['one']),
    proved: 'all',
  });
  const all = fitBudget(costs, 8, Number.POSITIVE_INFINITY);
  assert.equal(all.fits, true);
  assert.deepEqual(fitBudget(costs, 8, all.neededNs - 1).scenarios, ['walk-warm', 'memory']);
  assert.deepEqual(fitBudget(costs, 8, 0).scenarios, ['walk-warm']);
});
