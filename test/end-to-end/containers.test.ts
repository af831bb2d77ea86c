// The scenarios container-churn and parallel-create on real mounts.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  FEW_BLOCKS,
  okSamples,
  program,
  readSamples,
  runFewBlocks,
  untilNothingLeft,
} from './support.ts';

const CONTAINERS = 16;

test('16 containers of one image start, write and stop on every headline backend', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const what = ['--scenarios', 'container-churn', '--images', 'synthetic:files=30,layers=2,seed=1'];
  await runFewBlocks(t, [...what, '--backends', 'headline', '--count-passes', '3'], out);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const counted = okSamples(out).filter(({ pass }) => pass === 'count');
  const calls = (arm: string, containers: number, phase: 'mount' | 'unmount', name: string) =>
    new Set(
      counted
        .filter((one) => one.arm === arm && one.params['containers'] === containers)
        .map(({ ledger }) => ledger?.[phase]?.['harness']?.[name]),
    );
  // An overlay per container where the backend is an overlay itself; over FUSE a mount and an overlay per container.
  for (const [arm, mounts] of [
    ['unpacked-overlay', 1],
    ['erofs-overlay', 2],
    ['composefs-fuse', 1],
  ] as const)
    assert.deepEqual([...calls(arm, CONTAINERS, 'mount', 'fsmount')], [mounts * CONTAINERS], arm);
  assert.deepEqual([...calls('composefs-fuse', CONTAINERS, 'unmount', 'umount2')], [2 * CONTAINERS]);
  assert.deepEqual([...calls('erofs-overlay', CONTAINERS, 'unmount', 'umount2')], [CONTAINERS]);
  // Scenarios without a row in the first table are shown when no other scenario is measured.
  const { stdout } = await program(t, ['report', out]);
  assert.match(stdout, /^container-churn, containers=16 local=image stack=one$/m);
  assert.match(stdout, /^ +containers\/s +\S+\/s /m);
  await untilNothingLeft(home);
});

test('parallel-create ingests images in parallel threads on every headline backend', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const what = ['--scenarios', 'parallel-create', '--images', 'synthetic:files=30,layers=2,seed=1'];
  const { stderr } = await runFewBlocks(t, [...what, '--backends', 'headline'], out);
  // Warnings of worker threads go to standard error.
  assert.doesNotMatch(stderr, /Warning/);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  // A slot fails if a member of the crowd leaves one of its folders.
  const timed = okSamples(out).filter(({ arm, block }) => arm !== 'null' && block < FEW_BLOCKS);
  assert.equal(timed.length, 3 * 2 * FEW_BLOCKS);
  assert.ok(timed.every(({ values }) => values['upWallNs']! > 0 && values['downWallNs']! > 0));
  const { stdout } = await program(t, ['report', out]);
  const order = ['images=1', 'images=2'].map((params) => stdout.indexOf(`parallel-create, ${params}`));
  assert.ok(order[0]! > 0 && order[0]! < order[1]!, stdout);
  await untilNothingLeft(home);
});
