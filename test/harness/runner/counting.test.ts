import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { openSlotTimes } from '../../../harness/runner/budget.ts';
import { checkRecorded, countAll } from '../../../harness/runner/counting.ts';
import { countingSlots, type Group } from '../../../harness/runner/plan.ts';
import { samePlan } from '../../../harness/runner/resume.ts';
import { type Sample, SCHEMA, type Slot } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const arms = backends
  .filter(({ answers }) => answers === undefined)
  .map((backend) => ({ id: backend.id, backend, options: {} }));
const group = (id: string): Group => ({
  scenario: scenarios.find((known) => known.id === id)!,
  params: scenarios.find((known) => known.id === id)!.params[0]!,
  image: 'image',
  arms,
});
const groups = ['churn', 'walk-warm', 'walk-cold', 'churn-fresh'].map(group);
const SECOND_NS = 1e9;
const BLOCK_SEC = 0.74 * 4;
const size = { entryCount: 1, objectCount: 1, objectBytes: 1 };
const idsOf = (of: readonly Group[]): readonly string[] => of.map(({ scenario }) => scenario.id);

/** A slot takes 1 s: a pass of one group 3 s, a block of four timed slots is expected to take 0.74 * 4 s. */
const count = async (
  leftSec: number,
  { passesAsked = 5, blocks = 8, of = groups, isDone = (_: Slot): boolean => false } = {},
) => {
  let leftNs = leftSec * SECOND_NS;
  const times = openSlotTimes();
  const sampleOf = (slot: Slot): Sample =>
    ({
      ...{ ...slot, schema: SCHEMA, startedAt: '', slotNs: SECOND_NS, took: {}, notes: [] },
      ...{ outcome: 'ok', values: {} },
    }) as Sample;
  for (const slot of countingSlots(of, passesAsked).filter(isDone)) times.saw(sampleOf(slot));
  const ended: string[] = [];
  const passes: number[] = [];
  const order: string[] = [];
  const counted = await countAll({
    executor: {
      times,
      tally: { ok: 0, failed: 0 },
      async run({ slots }) {
        for (const slot of slots.filter((one) => !isDone(one))) {
          passes[slot.block] = (passes[slot.block] ?? 0) + 1;
          if (slot.block === 0 && order.at(-1) !== slot.scenario) order.push(slot.scenario);
          leftNs -= SECOND_NS;
          times.saw(sampleOf(slot));
        }
        return null;
      },
    },
    groups: of,
    planned: countingSlots(of, passesAsked),
    isDone,
    projector: { sizes: new Map([['image', size]]), times },
    passesAsked,
    blocks,
    leftNs: () => leftNs,
    share: [0, 1],
    onEnded: (list, got) => ended.push(...list.map((one) => `${one.group.scenario.id} ${got}`)),
  });
  return { groups: idsOf(counted.groups), passes, order, ended, droppedPasses: counted.droppedPasses };
};

test('every group is counted in all planned passes while there is time', async () => {
  const { passes, ended, droppedPasses } = await count(1000);
  assert.deepEqual([passes, ended, droppedPasses], [[12, 12, 12, 12, 12], [], null]);
});

test('after the first pass the lowest rank without time for three passes and its blocks ends', async () => {
  // The first pass takes 12 s; then a group needs two passes of 3 s and eight blocks.
  const needSec = 2 * 3 + 8 * BLOCK_SEC;
  assert.deepEqual((await count(12 + 4 * needSec)).ended, []);
  const { groups: left, ended } = await count(12 + 0.88 * 4 * needSec - 1);
  assert.deepEqual(left, ['churn', 'walk-warm', 'walk-cold']);
  assert.deepEqual(ended, ['churn-fresh 1']);
  assert.deepEqual((await count(12 + 0.88 * needSec + 0.1)).groups, ['churn']);
});

test('a group whose first pass would take the time of higher ranks is not counted; one with a cheap pass is', async () => {
  const occupancy = { ...group('occupancy'), params: { images: 1000 } };
  const of = [...groups.slice(0, 2), occupancy, groups[3]!];
  const needSec = 2 * 3 + 8 * BLOCK_SEC;
  // Three slots of occupancy are estimated at 31 s each; churn-fresh takes 3 s.
  const little = await count(6 + 0.88 * 2 * needSec + 20, { of });
  assert.deepEqual(little.order, ['churn', 'walk-warm', 'churn-fresh']);
  assert.deepEqual(little.ended, ['occupancy 0', 'churn-fresh 1']);
  assert.deepEqual(little.groups, ['churn', 'walk-warm']);
  const enough = await count(6 + 0.88 * (2 * needSec + 95), { of });
  assert.deepEqual(enough.order, idsOf(of));
});

test('a scenario that is only timed is charged all its blocks before lower ranks are counted', async () => {
  const occupancy = { ...group('occupancy'), params: { images: 1000 } };
  const of = [groups[0]!, group('serverless-open'), occupancy];
  const needSec = 2 * 3 + 8 * BLOCK_SEC;
  const rough = of[1]!.scenario.roughNs(size, of[1]!.params) / SECOND_NS;
  const openSec = 8 * (of[1]!.arms.length + 1) * rough;
  // Three slots of occupancy are estimated at 31 s each.
  const little = await count(3 + 0.88 * (needSec + openSec + 90), { of });
  assert.deepEqual(little.ended, ['occupancy 0']);
  const enough = await count(3 + 0.88 * (needSec + openSec + 95), { of });
  assert.deepEqual(enough.order, ['churn', 'occupancy']);
});

test('a group of one pass is counted once, and no time is kept for further passes of it', async () => {
  const of = [...groups.slice(0, 2), group('occupancy')];
  const needSec = 2 * 3 + 8 * BLOCK_SEC;
  // The first pass takes 9 s.
  const { groups: left, passes, ended } = await count(9 + 0.93 * 2 * needSec, { passesAsked: 3, of });
  assert.deepEqual(passes, [9, 6, 6]);
  assert.deepEqual([left, ended], [['churn', 'walk-warm', 'occupancy'], []]);
});

test('a fourth pass ends no group', async () => {
  // Three passes take 36 s, a fourth 12 s.
  const { groups: left, passes, droppedPasses } = await count(36 + 0.88 * 4 * 8 * BLOCK_SEC + 9);
  assert.deepEqual(left, idsOf(groups));
  assert.equal(passes.length, 3);
  assert.deepEqual(droppedPasses, { kind: 'passes', done: 3, planned: 5 });
});

test('passes that an earlier session has counted need no time', async () => {
  const counts = { passesAsked: 3, blocks: 0 };
  // Of the twelve slots of each pass those of the first two are done: twelve are left, and no group has been counted in this session.
  const isDone = ({ block }: Slot): boolean => block < 2;
  const rest = await count(12, { ...counts, isDone });
  assert.deepEqual([rest.groups, rest.ended], [idsOf(groups), []]);
  const first = await count(24, { ...counts, isDone: ({ block }) => block === 0 });
  assert.deepEqual([first.groups, first.ended], [idsOf(groups), []]);
});

test('a group that ends in a resumed run has the passes of its earlier sessions', async () => {
  // All groups have two passes, churn and walk-warm have three; there is no time for blocks.
  const isDone = ({ block, scenario }: Slot): boolean => block < (scenario.startsWith('walk') ? 3 : 2);
  const { ended } = await count(1, { passesAsked: 3, isDone });
  assert.deepEqual(ended, ['walk-warm 3', 'walk-cold 3', 'churn-fresh 2']);
});

test('a run that times nothing needs time for the passes only', async () => {
  assert.deepEqual((await count(36, { passesAsked: 3, blocks: 0 })).groups, idsOf(groups));
  assert.deepEqual((await count(11 + 0.88 * 24, { passesAsked: 3, blocks: 0 })).ended, ['churn-fresh 1']);
});

test('a run is resumed if its counted slots are part of the present plan', () => {
  const planned = countingSlots(groups, 3);
  const counted = planned.filter(({ block, scenario }) => block === 0 || scenario !== 'walk-warm');
  assert.ok(counted.length < planned.length);
  assert.equal(samePlan(counted, planned, true), false);
  assert.equal(samePlan(counted, planned, false), true);
  assert.equal(samePlan(counted, countingSlots(groups.slice(1), 3), false), false);
  checkRecorded(counted, planned, true);
  assert.throws(
    () => checkRecorded(counted, planned, false),
    /cannot resume: the plan would have other slots/,
  );
});
