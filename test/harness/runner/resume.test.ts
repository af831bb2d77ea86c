// A resumed run follows what the first process decided about time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Group, groupKey, MOST_SLOTS } from '../../../harness/runner/plan.ts';
import {
  type Before,
  completeBlocks,
  countedSlots,
  droppedBefore,
  endedUnmeasured,
  extraSlots,
  NOTHING_BEFORE,
} from '../../../harness/runner/resume.ts';
import type { DroppedGroup, PlannedGroup } from '../../../results/schema/not-measured.ts';
import type { Sample, Slot } from '../../../results/schema/run.ts';

const groupOf = (image: string): PlannedGroup => ({ scenario: 'churn', params: { local: 'files' }, image });

const slotOf = (image: string, pass: Slot['pass']): Slot => ({
  ...groupOf(image),
  ...{ seq: 0, block: 0, order: 0, pass, arm: 'a', backend: 'a', cache: 'warm', placement: 'free' },
});

const droppedOf = (image: string): DroppedGroup => ({
  ...{ kind: 'group', ...groupOf(image) },
  ...{ passes: 0, blocks: 0, neededBlocks: 8, neededNs: 2, leftNs: 1 },
});

const PASSES = { kind: 'passes', done: 3, planned: 5 } as const;
const counting: Before = {
  ...NOTHING_BEFORE,
  slots: [slotOf('counted', 'count'), slotOf('cut', 'count')],
  dropped: [droppedOf('unprepared'), droppedOf('cut'), PASSES],
};
const timing: Before = { ...counting, slots: [...counting.slots, slotOf('counted', 'time')] };
const unplanned: Before = { ...counting, slots: [] };

test('a group that ended before its first slot is not measured by a resumed run', () => {
  const key = 'churn {"local":"files"} unprepared';
  for (const before of [counting, timing]) assert.deepEqual([...endedUnmeasured(before)], [key]);
  assert.deepEqual([...endedUnmeasured(unplanned)], []);
});

test('a dropped group stays dropped once there is a plan, a counted one once the run is timed', () => {
  assert.deepEqual(droppedBefore(unplanned), []);
  assert.deepEqual(droppedBefore(counting), [droppedOf('unprepared')]);
  assert.deepEqual(droppedBefore(timing), timing.dropped);
});

test('slots that an earlier session has counted stay in the plan, also if their group ends', () => {
  const slots = ['one', 'two', 'three'].map((image, seq) => ({ ...slotOf(image, 'count'), seq }));
  const before = { ...NOTHING_BEFORE, slots, samples: [{ seq: 1 }] as unknown as Sample[] };
  assert.deepEqual(countedSlots(before, [slots[0]!]), slots.slice(0, 2));
});

test('the complete blocks of a group end before its first block with an unfinished slot', () => {
  const slots = [0, 1, 2].flatMap((block) =>
    [0, 1].map((order) => ({
      ...{ ...slotOf('counted', 'time'), block, order, seq: 2 * block + order },
    })),
  );
  const group = { ...groupOf('counted'), scenario: { id: 'churn' }, arms: [] } as unknown as Group;
  const blocksAfter = (...seqs: readonly number[]): number =>
    completeBlocks(slots, ({ seq }) => seqs.includes(seq))(group);
  assert.equal(blocksAfter(), 0);
  assert.equal(blocksAfter(0, 1, 2), 1);
  assert.equal(blocksAfter(0, 1, 3, 4, 5), 1);
  assert.equal(blocksAfter(0, 1, 2, 3, 4, 5), 3);
  assert.equal(completeBlocks([], () => false)(group), 0);
});

test('the longest plan that a run may have can be continued', () => {
  const slots = Array.from({ length: MOST_SLOTS }, (_, seq) => ({
    ...{ ...slotOf('counted', 'time'), seq, block: Math.floor(seq / 2) },
  }));
  const arms = [{ id: 'a', backend: { id: 'a' }, options: {} }];
  const group = { ...groupOf('counted'), scenario: { id: 'churn' }, arms } as unknown as Group;
  const settings = { baseline: 'a', seed: 's', session: 1, slots };
  const extra = extraSlots([group], [groupKey(groupOf('counted'))], settings);
  assert.deepEqual(
    extra.map(({ seq, block }) => [seq, block]),
    [0, 1].map((i) => [MOST_SLOTS + i, MOST_SLOTS / 2]),
  );
});
