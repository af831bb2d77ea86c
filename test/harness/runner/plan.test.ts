import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import type { Backend } from '../../../harness/model/backend.ts';
import type { Scenario } from '../../../harness/model/scenario.ts';
import type { Arm } from '../../../harness/runner/arm.ts';
import {
  countingSlots,
  type Group,
  MOST_SLOTS,
  refuseLongPlan,
  timingSlots,
} from '../../../harness/runner/plan.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const arm = (backend: Backend): Arm => ({ id: backend.id, backend, options: {} });
const scenario = (id: string): Scenario => scenarios.find((known) => known.id === id)!;
const arms = backends.filter(({ answers }) => answers === undefined).map(arm);
const groups: Group[] = ['one', 'two'].flatMap((image) => [
  { scenario: scenario('churn'), params: { store: 'empty' }, image, arms },
  { scenario: scenario('walk-warm'), params: {}, image, arms },
]);
const options = { blocks: 8, baseline: 'erofs-overlay', seed: 'a seed', firstSeq: 0 };

test('a block holds every arm of every group once, and the baseline a second time as the null arm', () => {
  const slots = timingSlots(groups, options);
  for (let block = 0; block < 8; block++)
    for (const { scenario, image } of groups) {
      const here = slots.filter(
        (slot) => slot.block === block && slot.scenario === scenario.id && slot.image === image,
      );
      assert.deepEqual(here.map((slot) => slot.arm).sort(), [
        'composefs-fuse',
        'erofs-overlay',
        'null',
        'unpacked-overlay',
      ]);
      assert.equal(here.find((slot) => slot.arm === 'null')?.backend, 'erofs-overlay');
    }
});

test('the arms of a group stand next to each other within a block', () => {
  const slots = timingSlots(groups, options);
  for (let i = 0; i < slots.length; i += 4)
    assert.equal(
      new Set(slots.slice(i, i + 4).map((slot) => `${slot.block} ${slot.scenario} ${slot.image}`)).size,
      1,
    );
});

test('the same seed gives the same plan, another seed another order', () => {
  const order = (seed: string) =>
    timingSlots(groups, { ...options, seed }).map((slot) => `${slot.scenario} ${slot.image} ${slot.arm}`);
  assert.deepEqual(order('a seed'), order('a seed'));
  assert.notDeepEqual(order('a seed'), order('another'));
});

test('the first block has the groups in the given order, later ones shuffle them', () => {
  const many = [...'abcdef'].map((image) => ({ ...groups[0]!, image }));
  const slots = timingSlots(many, options);
  const orders = Array.from({ length: 8 }, (_, block) =>
    [...new Set(slots.filter((slot) => slot.block === block).map(({ image }) => image))].join(''),
  );
  assert.equal(orders[0], 'abcdef');
  assert.ok(new Set(orders.slice(1)).size > 4, orders.join());
});

test('every arm comes first in some block, so that no arm always pays for the start', () => {
  const slots = timingSlots(groups, { ...options, blocks: 48 });
  const firsts = new Set(slots.filter((_, i) => i % 4 === 0).map((slot) => slot.arm));
  assert.equal(firsts.size, 4);
});

test('slots are numbered from firstSeq, and their order within a block from 0', () => {
  const slots = timingSlots(groups, { ...options, firstSeq: 30 });
  assert.deepEqual(
    slots.map((slot) => slot.seq),
    slots.map((_, i) => 30 + i),
  );
  const block = slots.filter((slot) => slot.block === 3);
  assert.deepEqual(
    block.map((slot) => slot.order),
    block.map((_, i) => i),
  );
});

test('counting passes have no null arm and keep one order', () => {
  const slots = countingSlots(groups, 3);
  assert.equal(slots.length, 3 * groups.length * 3);
  assert.ok(slots.every((slot) => slot.pass === 'count' && slot.arm !== 'null'));
});

test('without the baseline among the arms there is no null arm', () => {
  const without = groups.map((group) => ({
    ...group,
    arms: arms.filter(({ id }) => id !== 'erofs-overlay'),
  }));
  assert.ok(timingSlots(without, options).every((slot) => slot.arm !== 'null'));
});

test('a plan that run.json could not hold is refused, the null arm included', () => {
  // Each block: four groups with three arms and the null arm.
  const blocks = MOST_SLOTS / 16;
  const refuse = (blockCount: number) =>
    refuseLongPlan(groups, { passes: 0, blocks: blockCount }, 'erofs-overlay');
  refuse(blocks);
  assert.throws(() => refuse(blocks + 1), {
    message: `the plan is too long: up to ${MOST_SLOTS + 16} slots`,
    facts: [`limit: ${MOST_SLOTS}`, `0 counting passes of 12 slots, ${blocks + 1} blocks of 16 slots`],
  });
});
