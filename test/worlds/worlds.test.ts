// The short form of check:claims: few seeded runs per world, with bounds that chance breaks in less than one of a thousand test runs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claims } from '../../report/claims/registry.ts';
import { binomialBelow } from '../../results/stats/binomial.ts';
import { blocksOf, LEAST_RIGHT, MOST_WRONG, mustBeRight, tasksOf, worldOf } from './matrix.ts';
import { worlds } from './registry.ts';
import { simulate } from './simulate.ts';
import type { Truth } from './world.ts';

const RUNS = 60;
/** Pools take longer. */
const POOLS = 20;
/** Probability of a failure by chance, per world. */
const CHANCE = 1e-4;

test('every claim has a margin, and worlds where it is true, false and on the line', () => {
  assert.deepEqual(
    worlds.map(({ id }) => id),
    claims.map(({ id }) => id),
  );
  for (const { id, margin, worlds: its } of worlds) {
    assert.ok(margin.length > 0, id);
    if (its.every(({ answer }) => answer === 'never')) continue;
    const truths: readonly Truth[] = ['true', 'line', 'false'];
    assert.deepEqual(
      truths.filter((truth) => its.some((one) => one.truth === truth)),
      truths,
      id,
    );
  }
});

for (const claim of claims)
  describe(`${claim.id} in worlds where the truth is known`, () => {
    for (const task of tasksOf(worlds.filter(({ id }) => id === claim.id))) {
      const { of, world } = worldOf(worlds, task);
      test(`${world.truth}, ${task.pooled === 1 ? 'one run' : 'a pool'}: ${world.what}`, () => {
        const runs = task.pooled === 1 ? RUNS : POOLS;
        const { wrong, right, verdicts } = simulate(claim, world, {
          pooled: task.pooled,
          runs,
          ...blocksOf(worlds, task, undefined),
        });
        const found = JSON.stringify(verdicts);
        assert.ok(1 - binomialBelow(wrong - 1, runs, MOST_WRONG) > CHANCE, `wrong in ${wrong}: ${found}`);
        if (mustBeRight(of, world, task))
          assert.ok(binomialBelow(right, runs, LEAST_RIGHT) > CHANCE, `right in ${right}: ${found}`);
      });
    }
  });
