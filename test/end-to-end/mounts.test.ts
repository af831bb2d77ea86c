// Many mounts and what the kernel keeps of one, on real mounts.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, okSamples, program, readSamples } from './support.ts';

test('live mounts and memory, on every backend that they are about', { skip: needsRoot }, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const asked = ['--scenarios', 'live-mounts,memory', '--images', 'synthetic:files=30,layers=1,seed=none'];
  const { code, stderr } = await program(t, [
    'run',
    ...asked,
    '--blocks',
    '8',
    '--count-passes',
    '1',
    '--budget',
    '10m',
    '--out',
    out,
  ]);
  assert.ok(code === 0 || code === 6, `${code}: ${stderr}`);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const samples = okSamples(out).filter(({ arm }) => arm !== 'null');
  for (const { arm, values } of samples.filter(({ scenario }) => scenario === 'live-mounts')) {
    assert.ok(values['setUpWallNs']! >= values['nextMountWallNs']!, arm);
    assert.equal(values['serverPerMountBytes']! > 0, arm.startsWith('composefs-fuse'), arm);
  }
  // 1,193 entries: each listed one is an inode of its own. The counts are the machine's: others may drop caches meanwhile.
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
  assert.ok(samples.some(({ scenario }) => scenario === 'memory'));
  assert.deepEqual(leftOf(home), []);
});
