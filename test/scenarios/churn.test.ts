// What lies inside a life, what lies outside of its windows, and how often each is done.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
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
const TAKEN_DOWN = ['sync', '[destroy', 'destroy', ']'];
const ASKED = ['[ingest', 'ingest', ']'];

interface Life extends StageSetting {
  readonly values: Values;
  /** `[phase` where a window begins, `]` where it ends. */
  readonly steps: readonly string[];
}

interface How {
  readonly params: Params;
  readonly cycles: number;
  readonly pass?: Pass;
}

const short = (line: string): readonly string[] => {
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
  { params, cycles, pass = 'time' }: How,
  scenario = churn,
): Promise<Life> => {
  const log: string[] = [];
  const kept = params['local'] === 'nothing' ? [] : [smallImage(), smallImage('other')];
  const setting = openTestStage(t, slotOf({ params, pass }), {
    cycles,
    kept,
    probes: [tellingProbe('probe', log)],
  });
  // One order of all that happens: what probes are told goes where everything goes.
  log.push = (...lines) => setting.log.push(...lines);
  setting.script.costNs['syncfs'] = 1000;
  const values = await scenario.run(setting.stage);
  return { ...setting, values, steps: setting.log.flatMap(short) };
};

test('local=nothing: each life brings everything in and takes it away, and syncs lie between its windows', async (t) => {
  const { steps, values } = await live(t, { params: { local: 'nothing', ingest: 'trusted' }, cycles: 2 });
  const one = [...ASKED, ...SET_UP, ...MOUNTED, ...TAKEN_DOWN, '[collect', 'collect, keeping 0', ']', 'sync'];
  assert.deepEqual(steps, [...one, ...one]);
  assert.deepEqual(values, { objectCount: 2, createSyncWallNs: 1000, destroySyncWallNs: 1000 });
});

test('local=files: a store is asked before all lives and collected after them, three times for ten', async (t) => {
  const { steps } = await live(t, { params: { local: 'files' }, cycles: 10 });
  const collected = ['[collect', 'collect, keeping 2', ']', 'sync'];
  const one = [...SET_UP, ...MOUNTED, ...TAKEN_DOWN, 'sync'];
  assert.deepEqual(steps, [
    ...Array(3).fill(ASKED).flat(),
    ...Array(10).fill(one).flat(),
    ...Array(3).fill(collected).flat(),
  ]);
});

test('local=image: the image is set up once, outside of every window', async (t) => {
  const { steps, values } = await live(t, { params: { local: 'image' }, cycles: 2 });
  assert.deepEqual(steps, ['create', 'sync', ...MOUNTED, ...MOUNTED, 'destroy']);
  assert.deepEqual(values, {});
});

test('a counting pass tells the footprint instead of times', async (t) => {
  const { values } = await live(t, { params: { local: 'files' }, cycles: 1, pass: 'count' });
  assert.deepEqual(Object.keys(values).sort(), [
    'createdDiskBytes',
    'createdFileCount',
    'createdInodeCount',
    'objectCount',
  ]);
});

test('short lives are ten to a slot, those that make every file as many as the run wants', () => {
  const cycles = (local: string, createsFiles: boolean) => churn.cycles({ local }, 3, { createsFiles });
  assert.deepEqual([cycles('image', false), cycles('image', true)], [10, 10]);
  assert.deepEqual([cycles('files', false), cycles('files', true)], [10, 3]);
  assert.deepEqual([cycles('nothing', false), cycles('nothing', true)], [3, 3]);
});

test('removal before write-back has no sync before it, and a full store is not collected', async (t) => {
  const nothing = await live(t, { params: { local: 'nothing' }, cycles: 1 }, fresh);
  assert.deepEqual(nothing.steps, [
    ...['sync', 'ingest', 'create', '[destroy', 'destroy', ']'],
    ...['[collect', 'collect, keeping 0', ']'],
  ]);
  const files = await live(t, { params: { local: 'files' }, cycles: 1 }, fresh);
  assert.deepEqual(files.steps, ['sync', 'ingest', 'create', '[destroy', 'destroy', ']']);
});

test('containers of one image share it, and one window settles all', async (t) => {
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

/** Writes nothing: what is mounted here is a plain folder. */
const silent = <M extends StageSetting['machine']>(machine: M, wrote: string[]): M => ({
  ...machine,
  files: { ...machine.files, writeNew: (path: string) => void wrote.push(path) },
});
