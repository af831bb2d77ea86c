import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { type BlocksParts, runBlocks } from '../../../harness/runner/blocks.ts';
import { openSlotTimes } from '../../../harness/runner/budget.ts';
import { type Group, timingSlots } from '../../../harness/runner/plan.ts';
import { extraSlots, tornIn } from '../../../harness/runner/resume.ts';
import { blocksForRows, looksWithin } from '../../../results/compare/looks.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { GateConfig } from '../../../results/gate/config.ts';
import type { EndedGroup } from '../../../results/schema/not-measured.ts';
import { type Sample, SCHEMA, type Slot } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const arms = backends.slice(0, 2).map((backend) => ({ id: backend.id, backend, options: {} }));
const baseline = 'erofs-overlay';
const scenario = scenarios.find(({ id }) => id === 'walk-warm')!;
const groupsOn = (...images: readonly string[]): Group[] =>
  images.map((image) => ({ scenario, params: {}, image, arms }));
const groups = groupsOn('one', 'two');
const looks = [8, 12, 24];
const SLOT_NS = 1e8;
const SIZE = { entryCount: 1, objectCount: 1, objectBytes: 1 };
const slotsOf = (all: readonly Group[]): Slot[] =>
  timingSlots(all, { blocks: 24, baseline, seed: 's', firstSeq: 10 });
const slots = slotsOf(groups);

const sampleOf = (slot: Slot, walkWallNs: number): Sample => ({
  ...slot,
  schema: SCHEMA,
  startedAt: '',
  slotNs: SLOT_NS,
  took: {},
  notes: [],
  outcome: 'ok',
  values: { walkWallNs },
});

/** Runs the looks on a machine where image `one` is decided at once and `two` never is. */
const run = async (
  given: {
    leftNs?: () => number;
    budgetNs?: number;
    endedBefore?: EndedGroup[];
    blocksBefore?: Readonly<Record<string, number>>;
    oneLook?: boolean;
    all?: readonly Group[];
    gate?: GateConfig;
    /** Nanoseconds; absent: image `one` is decided at once and `two` never is. */
    timeOf?: (slot: Slot) => number;
    /** Samples of earlier sessions. */
    samples?: readonly Sample[];
  } = {},
) => {
  const { all = groups } = given;
  const tally = startTally();
  for (const sample of given.samples ?? []) tally.add(sample);
  const ran: Slot[] = [];
  /** By block: images of the groups that the executor is told of. */
  const told = new Map<number, readonly string[]>();
  let ended: readonly EndedGroup[] = [];
  const said: string[] = [];
  const times = openSlotTimes();
  const parts: BlocksParts = {
    lives: 1,
    projector: { sizes: new Map(all.map(({ image }) => [image, SIZE])), times },
    executor: {
      times,
      tally: { ok: 0, failed: 0 },
      async run(stretch) {
        for (const slot of stretch.slots) {
          told.set(
            slot.block,
            stretch.groups.map(({ image }) => image),
          );
          const factor = slot.arm === baseline || slot.arm === 'null' ? 1 : slot.image === 'one' ? 3 : 1.05;
          const wobble = slot.image === 'two' ? 1 + 0.2 * ((slot.block * 7 + slot.order) % 3) : 1;
          const sample = sampleOf(slot, given.timeOf?.(slot) ?? 1e9 * factor * wobble);
          ran.push(slot);
          tally.add(sample);
          times.saw(sample);
        }
        return null;
      },
    },
    tallied: tally.finish,
    design: {
      catalogue: { metrics: scenario.metrics, scenarios: {}, backends: {}, phases: {} },
      baseline,
    },
    gate: given.gate ?? null,
    groups: all.map((group) => ({
      ...group,
      scenario: { ...group.scenario, oneLook: given.oneLook === true },
    })),
    slots: slotsOf(all),
    extra: [],
    looks,
    endedBefore: given.endedBefore ?? [],
    blocksBefore: ({ image }) => given.blocksBefore?.[image] ?? 0,
    onOutOfTime: (list, blocks) => said.push(`${blocks}: ${list.map(({ group }) => group.image).join()}`),
    leftNs: given.leftNs ?? (() => (given.budgetNs ?? Number.POSITIVE_INFINITY) - ran.length * SLOT_NS),
    share: [0, 1],
    onEnded: (list) => {
      ended = list;
    },
  };
  await runBlocks(parts);
  const blocks = (image: string) =>
    new Set(ran.filter((slot) => slot.image === image).map(({ block }) => block)).size;
  return { one: blocks('one'), two: blocks('two'), ended, ran, said, told };
};

test('a group whose rows are decided ends at the look, another goes on to the last one', async () => {
  const { one, two, ended } = await run();
  assert.deepEqual([one, two], [8, 24]);
  assert.deepEqual(ended, [{ scenario: 'walk-warm', params: {}, image: 'one', blocks: 8, why: 'decided' }]);
});

/** All of `slow` times as slow, except for one of 12 blocks in which the head is faster. */
const mostly =
  (slow: number) =>
  ({ arm, block }: Slot): number => {
    const isHead = arm !== baseline && arm !== 'null';
    return 1e9 * (isHead ? (block % 12 === 3 ? 0.9 : slow) : 1);
  };

test('in an --ab run a slower row ends its group only with a p that the gate accepts among all rows', async () => {
  const all = groupsOn('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight');
  const endsOf = async (gate: GateConfig | undefined, timeOf: (slot: Slot) => number) =>
    (await run({ all, timeOf, ...(gate === undefined ? {} : { gate }) })).ended.map(({ blocks }) => blocks);
  const at = (blocks: number, of = all.length): readonly number[] => Array(of).fill(blocks);
  // 11 of 12 are slower: enough for an interval, and not for one of eight rows.
  assert.deepEqual(await endsOf(undefined, mostly(2)), at(12));
  assert.deepEqual(await endsOf({}, mostly(2)), []);
  assert.deepEqual(await endsOf({ scenarios: { 'walk-warm': { gate: false } } }, mostly(2)), at(12));
  assert.deepEqual(await endsOf({}, ({ arm }) => (arm === baseline || arm === 'null' ? 1e9 : 2e9)), at(12));
  assert.deepEqual(await endsOf({}, () => 1e9), at(8), 'equal arms need no p');
  const cold = { ...all[0]!, scenario: scenarios.find(({ id }) => id === 'walk-cold')! };
  const gate = { scenarios: { 'walk-cold': { gate: false } } };
  const mixed = await run({ all: [...all, cold], timeOf: mostly(2), gate });
  assert.deepEqual(
    mixed.ended.map((one) => [one.scenario, one.blocks]),
    [['walk-cold', 12]],
    'a row that is not gated needs no p',
  );
});

test('in an --ab run the threshold is that of the gate', async () => {
  const all = groupsOn('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight');
  const timeOf = ({ arm }: Slot): number => (arm === baseline || arm === 'null' ? 1e9 : 1.07e9);
  const endsOf = async (gate: GateConfig) =>
    (await run({ all, timeOf, gate })).ended.map(({ blocks }) => blocks);
  // The same within 10 %, and slower than 5 % with a p that needs more than 8 blocks.
  assert.deepEqual(await endsOf({ metrics: { walkWallNs: { delta: 0.1 } } }), Array(8).fill(8));
  assert.deepEqual(await endsOf({}), Array(8).fill(12));
});

test('a group that has ended does not hide that all others fail', async () => {
  // The executor ends a run on which everything fails; it asks for two scenarios where the groups have two.
  const { told } = await run();
  assert.deepEqual([told.get(7), told.get(8)], [['one', 'two'], ['two']]);
});

test('a group without time for the next look ends after the look before it', async () => {
  // A slot takes 0.1 s, eight blocks of both images 4.8 s, four more of the undecided one 1.2 s, twelve more 3.6 s.
  const blocksOfTwo = async (budgetSec: number) => (await run({ budgetNs: budgetSec * 1e9 })).two;
  assert.equal(await blocksOfTwo(4.9), 8);
  assert.equal(await blocksOfTwo(5.7), 8);
  assert.equal(await blocksOfTwo(6.1), 12);
  assert.equal(await blocksOfTwo(9.1), 12);
  assert.equal(await blocksOfTwo(9.7), 24);
  const { ended, said } = await run({ budgetNs: 6.1e9 });
  assert.deepEqual(
    ended.map(({ image, blocks, why }) => [image, blocks, why]),
    [
      ['one', 8, 'decided'],
      ['two', 12, 'budget'],
    ],
  );
  assert.deepEqual(said, []);
});

test('below the first look the lowest-ranked group ends and is reported, the highest goes on', async () => {
  // Seven more blocks of one image take 2.1 s.
  const left = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 7 * 3 * SLOT_NS];
  const { one, two, ended, said } = await run({ leftNs: () => left.shift() ?? Number.POSITIVE_INFINITY });
  assert.deepEqual([one, two], [8, 1]);
  assert.deepEqual(ended[0], { scenario: 'walk-warm', params: {}, image: 'two', blocks: 1, why: 'budget' });
  assert.deepEqual(said, ['1: two']);
});

test('in the first block a group may end those that rank lower before they are measured', async () => {
  // Seven more blocks of one image take 2.1 s, which 12 % of allowance fit into 1.85 s; the other image then has no time at all.
  const left = [Number.POSITIVE_INFINITY, 1.85e9];
  const { one, two, ran, ended, said } = await run({
    leftNs: () => left.shift() ?? Number.POSITIVE_INFINITY,
  });
  assert.deepEqual([one, two], [8, 0]);
  assert.deepEqual(
    ran.slice(0, 3).map(({ image }) => image),
    ['one', 'one', 'one'],
  );
  assert.deepEqual(ended[0], { scenario: 'walk-warm', params: {}, image: 'two', blocks: 0, why: 'budget' });
  assert.deepEqual(said, ['0: two']);
});

test('slots of the first block that a group has measured are not charged again', async () => {
  // Seven blocks each of two images take 4.2 s; eight each would take 4.8 s, and 12 % less than that is more than 4 s.
  const left = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 4e9];
  const { ran, said } = await run({
    all: groupsOn('one', 'two', 'three'),
    leftNs: () => left.shift() ?? Number.POSITIVE_INFINITY,
  });
  assert.deepEqual(said, []);
  assert.equal(ran.filter(({ image }) => image === 'three').length, 8 * 3);
});

test('above the first look a group that ends is not reported as unmeasured', async () => {
  const left = [...Array.from({ length: 9 }, () => Number.POSITIVE_INFINITY), 0];
  const { two, ended, said } = await run({ leftNs: () => left.shift() ?? 0 });
  assert.equal(two, 8);
  assert.deepEqual(ended.map(({ why }) => why).sort(), ['budget', 'decided']);
  assert.deepEqual(said, []);
});

test('a scenario with one look ends there, decided or not', async () => {
  const { one, two, ended } = await run({ oneLook: true });
  assert.deepEqual([one, two], [8, 8]);
  assert.deepEqual(
    ended.map(({ why }) => why),
    ['enough', 'enough'],
  );
});

test('a group that ended before a resume stays ended', async () => {
  const end = { scenario: 'walk-warm', params: {}, image: 'two', blocks: 8, why: 'budget' } as const;
  assert.equal((await run({ endedBefore: [end] })).two, 0);
});

test('blocks of earlier sessions need no time, and are not missing where a group ends', async () => {
  // The executor of this test runs all slots; the rule has no samples before the first group and charges one slot each.
  const left = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  const next = () => left.shift() ?? Number.POSITIVE_INFINITY;
  const whole = await run({ blocksBefore: { one: 8, two: 8 }, leftNs: next });
  assert.deepEqual(whole.said, []);
  assert.ok(whole.two >= 8);
  const cut = await run({ blocksBefore: { one: 8, two: 6 }, leftNs: () => 0 });
  assert.deepEqual(cut.said, ['6: two']);
  assert.deepEqual(cut.ended[0], {
    ...{ scenario: 'walk-warm', params: {}, image: 'two', blocks: 6, why: 'budget' },
  });
});

test('a look that earlier sessions have passed is not taken again with more blocks', async () => {
  // Image `one` is decided in every block.
  const samples = slots
    .filter(({ block }) => block < 10)
    .map((slot) => sampleOf(slot, slot.arm === baseline || slot.arm === 'null' ? 1e9 : 3e9));
  const { ended } = await run({ samples, blocksBefore: { one: 10, two: 10 } });
  assert.deepEqual(
    ended.map(({ image, blocks, why }) => [image, blocks, why]),
    [['one', 12, 'decided']],
  );
});

test('every planned slot of a group that goes on is run once', async () => {
  const { ran } = await run();
  assert.equal(new Set(ran.map(({ seq }) => seq)).size, ran.length);
  assert.equal(ran.length, 8 * 3 + 24 * 3);
});

test('a group cut inside a block is torn, one cut between blocks is not', () => {
  const doneUpTo = (count: number) => (slot: Slot) => slots.indexOf(slot) < count;
  assert.deepEqual(tornIn(slots, doneUpTo(3)), { groups: [], lacking: new Set() });
  const torn = tornIn(slots, doneUpTo(4));
  assert.equal(torn.groups.length, 1);
  assert.deepEqual(
    [...torn.lacking],
    slots.slice(4, 6).map(({ seq }) => seq),
  );
  const extra = extraSlots(groups, torn.groups, { baseline, seed: 's', session: 1, slots });
  assert.equal(extra.length, 3);
  assert.ok(extra.every(({ block, image }) => block === 24 && image === slots[3]!.image));
  assert.deepEqual(
    extra.map(({ seq }) => seq),
    [0, 1, 2].map((i) => slots.at(-1)!.seq + 1 + i),
  );
});

test('blocks measured by different processes give no pair', () => {
  const tally = startTally();
  for (const slot of slots.slice(0, 3))
    tally.add({ ...sampleOf(slot, 1), ...(slot.arm === baseline ? { session: 1 } : {}) });
  const byArm = tally.finish().groups[0]!.time.get('walkWallNs')!;
  const blocksOf = (arm: string) => [...byArm.get(arm)!.keys()];
  assert.notDeepEqual(blocksOf(baseline), blocksOf('null'));
});

test('dropping an image leaves the order of the others as it was', () => {
  const keeps = ({ image }: Pick<Slot, 'image'>) => image === 'two';
  const order = (of: readonly Slot[]) => of.map(({ block, arm }) => `${block} ${arm}`);
  assert.deepEqual(
    order(timingSlots(groups, { blocks: 24, baseline, seed: 's', firstSeq: 0, keeps })),
    order(slots.filter(keeps)),
  );
});

test('a run has the planned looks up to its blocks, and a look at its last block', () => {
  assert.deepEqual(looksWithin(8, 24), [8, 12, 24]);
  assert.deepEqual(looksWithin(12, 12), [12]);
  assert.deepEqual(looksWithin(10, 30), [12, 24, 30]);
  assert.deepEqual([blocksForRows(0), blocksForRows(1), blocksForRows(30)], [0, 6, 11]);
});
