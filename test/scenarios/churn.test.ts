// Order and number of the steps of a life, inside and outside its windows.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Image } from '../../harness/model/image.ts';
import type { CollectFacts } from '../../harness/model/machine.ts';
import type { Params, Pass, Values } from '../../harness/model/scenario.ts';
import { scenario as churn } from '../../scenarios/churn.ts';
import { scenario as fresh } from '../../scenarios/churn-fresh.ts';
import { scenario as containers } from '../../scenarios/container-churn.ts';
import { slotOf, tellingProbe } from '../harness/support/slot.ts';
import { openTestStage, type StageSetting, smallImage } from '../harness/support/stage.ts';

const MOUNTED = [
  '[mount',
  'mount',
  ']',
  '[use',
  'cat',
  ']',
  '[unmount',
  'unmount',
  ']',
  '[settle',
  'settle',
  ']',
];
const SET_UP = ['[create', 'create', ']', 'sync'];
const REMOVED = ['sync', '[destroy', 'destroy', ']'];
const INGESTED = ['[ingest', 'ingest', ']'];

interface RecordedLife extends StageSetting {
  readonly values: Values;
  /** What each collection told. */
  readonly tells: CollectFacts | null;
  /** `[phase` begins a window, `]` ends it. */
  readonly steps: readonly string[];
}

interface LifeOptions {
  readonly params: Params;
  readonly cycles: number;
  readonly pass?: Pass;
  readonly kept?: readonly Image[];
  readonly collected?: CollectFacts | null;
}

const imageWith = (objectCount: number): Image => ({
  ...smallImage('larger'),
  objects: Array.from({ length: objectCount }, (_, i) => ({ digest: `${i}`, sizeBytes: 1 })),
});

const stepOf = (line: string): readonly string[] => {
  const [first = '', second = '', third = ''] = line.split(' ');
  if (first === 'probe') return [second === 'start' ? `[${third}` : ']'];
  if (first === 'syncfs') return ['sync'];
  if (first === 'command') return [second];
  return ['ingest', 'create', 'mount', 'unmount', 'settle', 'destroy'].includes(first) || first === 'collect,'
    ? [first === 'collect,' ? line : first]
    : [];
};

const live = async (
  t: TestContext,
  { params, cycles, pass = 'time', collected = null, ...more }: LifeOptions,
  scenario = churn,
): Promise<RecordedLife> => {
  const log: string[] = [];
  const { kept = params['local'] === 'nothing' ? [] : [smallImage(), smallImage('other')] } = more;
  const setting = openTestStage(t, slotOf({ params, pass }), {
    cycles,
    kept,
    probes: [tellingProbe('probe', log)],
  });
  // Probes log to the same list, so that the order of all steps is known.
  log.push = (...lines) => setting.log.push(...lines);
  setting.script.costNs['syncfs'] = 1000;
  setting.script.collected = collected;
  const values = await scenario.run(setting.stage);
  return { ...setting, values, tells: collected, steps: setting.log.flatMap(stepOf) };
};

test('local=nothing: each life brings everything in and removes it, with syncs between its windows', async (t) => {
  const { steps, values } = await live(t, { params: { local: 'nothing', ingest: 'trusted' }, cycles: 2 });
  const one = [...INGESTED, ...SET_UP, ...MOUNTED, ...REMOVED, '[collect', 'collect, keeping 0', ']', 'sync'];
  assert.deepEqual(steps, [...one, ...one]);
  assert.deepEqual(values, { objectCount: 2, createSyncWallNs: 1000, destroySyncWallNs: 1000 });
});

test('local=files: ten lives have three ingests before them and three collections after them', async (t) => {
  const { steps } = await live(t, { params: { local: 'files' }, cycles: 10 });
  const collected = ['[collect', 'collect, keeping 2', ']', 'sync'];
  const one = [...SET_UP, ...MOUNTED, ...REMOVED, 'sync'];
  assert.deepEqual(steps, [
    ...Array(3).fill(INGESTED).flat(),
    ...Array(10).fill(one).flat(),
    ...Array(3).fill(collected).flat(),
  ]);
});

/** Each file of a store takes 3 ns to list and 2 ns to mark, once for each image that has it. */
const collectedOf = (marks: number, files: number): CollectFacts => ({
  markNs: 2 * marks,
  sweepNs: 3 * files,
  liveCount: files,
  liveBytes: 32 * files,
  keptCount: files,
  removedCount: 0,
});

test('the part of an image in a collection does not depend on the other images of the store', async (t) => {
  const partOf = async (kept: readonly Image[], collected: CollectFacts | null) => {
    const params = { local: 'files' };
    const { values, tells } = await live(t, { params, cycles: 1, kept, collected });
    const wholeNs = tells === null ? 1 : tells.markNs + tells.sweepNs;
    const part = values['collectPartRatio'];
    return part === undefined ? undefined : part * wholeNs;
  };
  const [own, equal, larger] = [smallImage(), smallImage('equal'), imageWith(8)];
  const aloneNs = await partOf([own], collectedOf(2, 2));
  assert.equal(aloneNs, 10);
  assert.equal(await partOf([own, larger], collectedOf(10, 10)), aloneNs);
  assert.equal(await partOf([own, equal, larger], collectedOf(12, 10)), aloneNs);
  // A backend that does not tell has a part only where there is nothing else.
  assert.equal(await partOf([own], null), 1);
  assert.equal(await partOf([own, larger], null), undefined);
  // A collection without work.
  assert.equal(await partOf([own, larger], collectedOf(0, 0)), 0);
});

test('local=image: the image is set up once, outside every window', async (t) => {
  const { steps, values } = await live(t, { params: { local: 'image' }, cycles: 2 });
  assert.deepEqual(steps, ['create', 'sync', ...MOUNTED, ...MOUNTED, 'destroy']);
  assert.deepEqual(values, {});
});

test('a counting pass returns the footprint instead of times', async (t) => {
  const { values } = await live(t, { params: { local: 'files' }, cycles: 1, pass: 'count' });
  assert.deepEqual(Object.keys(values).sort(), [
    'createdDiskBytes',
    'createdFileCount',
    'createdInodeCount',
    'objectCount',
  ]);
});

test('a slot has ten lives, or the lives of the run if a life creates every file', () => {
  const cycles = (local: string, createsFiles: boolean) => churn.cycles({ local }, 3, { createsFiles });
  assert.deepEqual([cycles('image', false), cycles('image', true)], [10, 10]);
  assert.deepEqual([cycles('files', false), cycles('files', true)], [10, 3]);
  assert.deepEqual([cycles('nothing', false), cycles('nothing', true)], [3, 3]);
});

test('churn-fresh removes without a sync before it, and does not collect a full store', async (t) => {
  const nothing = await live(t, { params: { local: 'nothing' }, cycles: 1 }, fresh);
  assert.deepEqual(nothing.steps, [
    ...['sync', 'ingest', 'create', '[destroy', 'destroy', ']'],
    ...['[collect', 'collect, keeping 0', ']'],
  ]);
  const files = await live(t, { params: { local: 'files' }, cycles: 1 }, fresh);
  assert.deepEqual(files.steps, ['sync', 'ingest', 'create', '[destroy', 'destroy', ']']);
});

test('containers share one image, and one window settles all', async (t) => {
  const wrote: string[] = [];
  const { steps } = await live(
    t,
    { params: { local: 'image', containers: 2, stack: 'one' }, cycles: 1 },
    { ...containers, run: (stage) => containers.run({ ...stage, machine: silent(stage.machine, wrote) }) },
  );
  const started = ['[create', ']', '[mount', 'mount', ']', '[use', ']'];
  assert.deepEqual(steps, [
    ...['create', 'sync', ...started, ...started, 'sync'],
    ...['[unmount', 'unmount', ']', '[unmount', 'unmount', ']', '[settle', 'settle', 'settle', ']'],
    ...['[destroy', 'rm', ']', '[destroy', 'rm', ']', 'destroy'],
  ]);
  assert.deepEqual(
    wrote.map((path) => path.split('/').at(-1)),
    ['written', 'written'],
  );
});

/** Records writes instead of making them: the mount is a plain folder. */
const silent = <M extends StageSetting['machine']>(machine: M, wrote: string[]): M => ({
  ...machine,
  files: { ...machine.files, writeNew: (path: string) => void wrote.push(path) },
});
