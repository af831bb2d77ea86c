import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { asDropped, openSlotTimes, roughPrepareNs, roughProveNs } from '../../../harness/runner/budget.ts';
import { enoughBudget } from '../../../harness/runner/enough-budget.ts';
import { type Group, timingSlots } from '../../../harness/runner/plan.ts';
import { type Sample, SCHEMA } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const MINUTE_NS = 60e9;
const MARGIN = 1.12 / 0.92;
const scenarioOf = (id: string) => scenarios.find((known) => known.id === id)!;
const arms = backends.slice(0, 3).map((backend) => ({ id: backend.id, backend, options: {} }));
const group = (id: string, image: string): Group => ({
  ...{ scenario: scenarioOf(id), params: scenarioOf(id).params[0]!, image, arms },
});
const small = { entryCount: 1000, objectCount: 1000, objectBytes: 1e7 };
const large = { entryCount: 60_000, objectCount: 40_000, objectBytes: 8e8 };
const sizes = new Map([
  ['small', small],
  ['large', large],
]);

/** `measured`: groups that have one slot of each pass, at twice their scenario's estimate. */
const enough = (dropped: readonly Group[], measured: readonly Group[], prepared = ['small', 'large']) => {
  const times = openSlotTimes();
  for (const one of measured) {
    const slot = timingSlots([one], { blocks: 1, baseline: arms[0]!.id, seed: 's', firstSeq: 0 })[0]!;
    const slotNs = 2 * one.scenario.roughNs(sizes.get(one.image)!, one.params);
    for (const pass of ['count', 'time'])
      times.saw({
        ...{ ...slot, pass, schema: SCHEMA, startedAt: '', slotNs, took: {}, notes: [] },
        ...{ outcome: 'ok', values: {} },
      } as Sample);
  }
  return enoughBudget({
    groups: [...measured, ...dropped],
    dropped: dropped.map((one) =>
      asDropped({ group: one, neededNs: 2, leftNs: 1 }, { passes: 0, blocks: 0 }, 8),
    ),
    projector: { sizes, times },
    prepared: new Set(prepared),
    ...{ countPasses: 5, firstLook: 8, budgetNs: 30 * MINUTE_NS, beforeNs: 10 * MINUTE_NS },
  });
};

const roughOf = (one: Group): number => one.scenario.roughNs(sizes.get(one.image)!, one.params);
const minutesOf = (missingNs: number): number => Math.ceil(40 + (MARGIN * missingNs) / MINUTE_NS);

test('every dropped group adds three passes and its blocks, by the measured slots of its scenario', () => {
  const dropped = [group('walk-cold', 'large'), group('walk-warm', 'large')];
  const measured = [group('walk-cold', 'small'), group('walk-warm', 'small')];
  const missingNs = dropped.reduce((sum, one) => sum + (3 * 3 + 4 * 8) * 2 * roughOf(one), 0);
  assert.deepEqual(enough(dropped, measured), { minutes: minutesOf(missingNs), isMeasured: true });
});

test('a scenario without a measured slot counts with its estimate, which the result says', () => {
  const dropped = [group('walk-cold', 'large')];
  const missingNs = (3 * 3 + 4 * 8) * roughOf(dropped[0]!);
  assert.deepEqual(enough(dropped, [group('churn', 'small')]), {
    ...{ minutes: minutesOf(missingNs), isMeasured: false },
  });
});

test('an image that was not prepared adds its preparation and one proof per arm', () => {
  const dropped = [group('walk-cold', 'large'), group('walk-warm', 'large')];
  const prepareNs = roughPrepareNs(large) + 3 * roughProveNs(large);
  const missingNs = dropped.reduce((sum, one) => sum + (3 * 3 + 4 * 8) * roughOf(one), prepareNs);
  assert.equal(enough(dropped, [], ['small'])?.minutes, minutesOf(missingNs));
});

test('passes and blocks that a group has are not added again; nothing is dropped: null', () => {
  const one = group('walk-cold', 'large');
  const dropped = asDropped({ group: one, neededNs: 2, leftNs: 1 }, { passes: 3, blocks: 2 }, 8);
  const parts = {
    ...{ groups: [one], projector: { sizes, times: openSlotTimes() }, prepared: new Set(['large']) },
    ...{ countPasses: 3, firstLook: 8, budgetNs: 30 * MINUTE_NS, beforeNs: 0 },
  };
  const minutes = Math.ceil(30 + (MARGIN * 4 * 6 * roughOf(one)) / MINUTE_NS);
  assert.equal(enoughBudget({ ...parts, dropped: [dropped] })?.minutes, minutes);
  assert.equal(enoughBudget({ ...parts, dropped: [] }), null);
  assert.equal(enoughBudget({ ...parts, dropped: [dropped], budgetNs: Number.POSITIVE_INFINITY }), null);
});

test('a group that is only timed was counted in no pass, a group of one pass in one', () => {
  const passesOf = (id: string): number | undefined =>
    asDropped({ group: group(id, 'small'), neededNs: 2, leftNs: 1 }, { passes: 3, blocks: 0 }, 8).passes;
  assert.deepEqual(['serverless-open', 'occupancy', 'churn'].map(passesOf), [0, 1, 3]);
});
