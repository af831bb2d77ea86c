// The micro scenarios on real mounts.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  FEW_BLOCKS,
  okSamples,
  readRun,
  readSamples,
  runFewBlocks,
  untilNothingLeft,
} from './support.ts';

const OPERATIONS = ['stat', 'open', 'read', 'readlink', 'getxattr', 'getdents'];

test('every repeated operation has ordered percentiles on every backend', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const scenarios = OPERATIONS.map((operation) => `micro-${operation}`).join();
  const images = 'synthetic:files=300,layers=1,seed=1';
  const what = ['--profile', 'quick', '--scenarios', scenarios, '--images', images];
  await runFewBlocks(t, [...what, '--count-passes', '2'], out);
  assert.ok(readSamples(out).every(({ outcome }) => outcome === 'ok'));
  const timed = okSamples(out).filter(({ pass, block }) => pass === 'time' && block < FEW_BLOCKS);
  assert.equal(timed.length, OPERATIONS.length * FEW_BLOCKS * 4);
  for (const { scenario, values } of timed) {
    const operation = scenario.replace('micro-', '');
    const [median, p90, p99] = ['MedianNs', 'P90Ns', 'P99Ns'].map((end) => values[`${operation}${end}`]);
    const callCount = values[`${operation}SampleCount`]!;
    assert.ok(median! > 50 && callCount > 0, `${scenario}: ${callCount} calls, ${median}`);
    // The 90th percentile needs 29 calls and the 99th 299, which a busy machine may not reach.
    assert.ok(
      callCount < 29 ? p90 === undefined : median! <= p90!,
      `${scenario}: ${callCount}, ${median} ${p90}`,
    );
    assert.ok(callCount < 299 ? p99 === undefined : p90! <= p99!, `${scenario}: ${callCount}, ${p90} ${p99}`);
    assert.ok(values['emptyCallNs']! > 0);
  }
  // The calls of the child vary, so that no warning about changing counts may appear.
  assert.deepEqual(
    readRun(out).warnings.filter((line) => !line.startsWith('noise: ')),
    [],
  );
  await untilNothingLeft(home);
});
