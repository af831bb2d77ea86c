import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { openSource } from '../../../harness/images/registry.ts';
import type { Question } from '../../../harness/runner/groups.ts';
import { makeReady, type ReadyParts } from '../../../harness/runner/ready.ts';
import { openStepLimits } from '../../../harness/runner/step-limits.ts';
import { openWorkspace } from '../../../harness/runner/workspace.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';

const opened = (leastNs: number) => {
  const clock = { ns: 0 };
  const told: number[] = [];
  const steps = openStepLimits(
    (ns) => told.push(ns),
    leastNs,
    () => clock.ns,
  );
  return { clock, steps, told };
};

test('each step begins a new limit, and a short one does not cut a long one beside it', () => {
  const { clock, steps, told } = opened(100);
  const endLong = steps.begin(1000);
  clock.ns = 50;
  const endShort = steps.begin(10);
  clock.ns = 80;
  endShort();
  clock.ns = 500;
  endLong();
  steps.begin(5);
  assert.deepEqual(told, [1100, 1050, 1020, 100, 105]);
});

test('without a limit of every step none is told', () => {
  const { steps, told } = opened(Number.POSITIVE_INFINITY);
  steps.begin(10)();
  assert.deepEqual(told, []);
});

test('each image that is prepared is a step', async (t) => {
  const { steps, told } = opened(100);
  const sources = await Promise.all(
    ['1', '2'].map((seed) => openSource(`synthetic:files=5,layers=1,seed=${seed}`)),
  );
  const workspace = openWorkspace(makeWork(join(temporaryFolder(t), 'work')));
  const backend = backends.find(({ id }) => id === 'erofs-overlay')!;
  const question: Question = {
    images: sources.map(({ name }) => name),
    ownImages: new Map(),
    scenarios: scenarios.filter(({ id }) => id === 'walk-warm'),
    arms: [{ id: backend.id, backend, options: {} }],
    ...{ everyArm: true, large: false, placement: 'free' },
  };
  const toldAt: number[] = [];
  const { images } = await makeReady({
    ...{ sources, question, workspace, steps, objectDir: join(workspace.store, 'objects'), rootless: true },
    leavesOut: () => false,
    remaining: { passes: 3, blocks: 8 },
    deadline: { budgetNs: Number.POSITIVE_INFINITY, leftNs: () => Number.POSITIVE_INFINITY },
    proved: new Set(),
    onReady: () => toldAt.push(told.length),
    interrupted: () => false,
    progress() {},
  } as unknown as ReadyParts);
  assert.equal(images.length, 2);
  assert.deepEqual(toldAt, [2, 4]);
  assert.ok(told[0]! > 100, 'the time that the image may take');
});
