// The scenarios live-mounts and memory on real mounts.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { triedBesideNeighbours } from '../neighbours.ts';
import {
  diskFolder,
  type OkSample,
  okSamples,
  readSamples,
  runFewBlocks,
  untilNothingLeft,
} from './support.ts';

test('live-mounts and memory give plausible values on their backends', { skip: needsRoot }, (t) =>
  triedBesideNeighbours(t, 'memory of the kernel', { make: () => samplesOf(t), check: checkPlausible }),
);

const samplesOf = async (t: TestContext): Promise<readonly OkSample[]> => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const what = ['--scenarios', 'live-mounts,memory', '--images', 'synthetic:files=30,layers=1,seed=none'];
  await runFewBlocks(t, [...what, '--count-passes', '1'], out);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  await untilNothingLeft(home);
  const samples = okSamples(out).filter(({ arm }) => arm !== 'null');
  for (const scenario of ['live-mounts', 'memory'])
    assert.ok(
      samples.some((sample) => sample.scenario === scenario),
      scenario,
    );
  return samples;
};

const checkPlausible = (samples: readonly OkSample[]): void => {
  for (const { arm, values } of samples.filter(({ scenario }) => scenario === 'live-mounts')) {
    assert.ok(values['setUpWallNs']! >= values['nextMountWallNs']!, arm);
    assert.equal(values['serverPerMountBytes']! > 0, arm.startsWith('composefs-fuse'), arm);
  }
  // 1,193 entries, an inode each. The median, since another process may drop the caches during one slot.
  const median = (arm: string, metric: string): number => {
    const values = samples
      .filter((one) => one.scenario === 'memory' && one.arm === arm)
      .map((one) => one.values[metric]!)
      .sort((x, y) => x - y);
    return values[values.length >> 1]!;
  };
  for (const arm of new Set(samples.filter(({ scenario }) => scenario === 'memory').map((one) => one.arm))) {
    assert.equal(median(arm, 'erofsInodeCount') > 1000, arm.startsWith('erofs'), arm);
    assert.equal(median(arm, 'fuseInodeCount') > 1000, arm === 'composefs-fuse', arm);
  }
};
