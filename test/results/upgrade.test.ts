import assert from 'node:assert/strict';
import { test } from 'node:test';
import { droppedText, isDroppedScenario, skippedSubject } from '../../results/not-measured.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { upgradeRun } from '../../results/upgrade.ts';

const WHY = { need: 'a need', reason: 'a reason' };
const CATALOGUE = { scenarios: { 'walk-cold': {}, build: {} }, backends: { 'erofs-overlay': {} } };

const upgraded = (skipped: readonly object[], dropped: readonly unknown[]): RunFile =>
  upgradeRun({ skipped, plan: { seed: 'x', dropped }, catalogue: CATALOGUE }) as RunFile;

test('text of older runs becomes facts, with the same wording', () => {
  const names = [
    'walk-cold',
    'build tool=mkfs.erofs depth=2',
    'erofs-overlay',
    'erofs-overlay@chunk=4096 on made',
    'probe memory',
    'debian-12-base',
  ];
  const { skipped } = upgraded(
    names.map((what) => ({ what, ...WHY })),
    [],
  );
  assert.deepEqual(skipped, [
    { kind: 'scenario', scenario: 'walk-cold', ...WHY },
    { kind: 'scenario', scenario: 'build', params: { tool: 'mkfs.erofs', depth: 2 }, ...WHY },
    { kind: 'arm', arm: 'erofs-overlay', backend: 'erofs-overlay', ...WHY },
    { kind: 'arm', arm: 'erofs-overlay@chunk=4096', backend: 'erofs-overlay', image: 'made', ...WHY },
    { kind: 'text', text: 'probe memory', ...WHY },
    { kind: 'text', text: 'debian-12-base', ...WHY },
  ]);
  assert.deepEqual(
    skipped.map(skippedSubject),
    names.map((name) => (name.startsWith('build') ? 'build depth=2 tool=mkfs.erofs' : name)),
  );
});

test('a scenario that an older run dropped stays dropped', () => {
  const lines = ['scenario walk-cold: no room', 'image made: no room', 'counting passes: 3 instead of 5'];
  const { plan } = upgraded([], lines);
  assert.ok(isDroppedScenario(plan.dropped, 'walk-cold'));
  assert.ok(!isDroppedScenario(plan.dropped, 'walk'));
  assert.deepEqual(plan.dropped.map(droppedText), lines);
});

test('facts, and values that are not a run, stay unchanged', () => {
  const dropped = [{ kind: 'passes', done: 3, planned: 5 }];
  const skipped = [{ kind: 'probe', probe: 'memory', ...WHY }];
  const run = upgraded(skipped, dropped);
  assert.deepEqual([run.skipped, run.plan.dropped], [skipped, dropped]);
  for (const value of [null, 3, 'text', [], { plan: null }]) assert.deepEqual(upgradeRun(value), value);
});

test('an upgrade removes facts on the machine of an older run that are not published now', () => {
  const older = {
    environment: {
      kernel: '6.12',
      kernelCommandLine: 'root=/dev/mapper/secret mitigations=off',
      workFileSystem: { type: 'ext4', device: '/dev/mapper/secret', options: 'rw,upperdir=/home/secret' },
    },
    conditions: { start: {}, otherMounts: ['/home/secret', '/srv'], judged: [] },
  };
  const newer = {
    environment: {
      kernel: '6.12',
      kernelCommandLine: 'mitigations=off',
      workFileSystem: { type: 'ext4', device: 'a device-mapper volume', options: 'rw' },
    },
    conditions: { start: {}, otherMountCount: 2, judged: [] },
  };
  assert.deepEqual(upgradeRun(older), newer);
  assert.deepEqual(upgradeRun(newer), newer);
});
