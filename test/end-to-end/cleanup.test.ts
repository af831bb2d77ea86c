// The cleanup scenario on real mounts: removal beside a neighbour process.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, okSamples, readRun, readSamples, runFewBlocks, untilNothingLeft } from './support.ts';

const LONG_NS = 10e6;

test('cleanup measures the work of a neighbour alone and during the removal of an image', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const [out, work] = [join(home, 'results'), join(home, 'work')];
  mkdirSync(work);
  const what = ['--scenarios', 'cleanup', '--images', 'synthetic:files=30,layers=1,seed=none'];
  const { stderr } = await runFewBlocks(t, [...what, '--count-passes', '1', '--work', work], out);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const samples = okSamples(out);
  assert.deepEqual([...new Set(samples.map(({ arm }) => arm))].sort(), [
    'erofs-overlay',
    'null',
    'unpacked-overlay',
  ]);
  for (const { arm, values } of samples) {
    const of = (name: string): number => values[name] ?? Number.NaN;
    // On a disk that is not busy at least three operations in each of the two windows.
    if (of('neighbourAloneMedianNs') < 25e6) assert.ok(of('neighbourAloneCount') >= 6, arm);
    // In a removal that is shorter than an operation none may begin.
    if (values['neighbourDuringMedianNs'] === undefined) {
      assert.equal(of('neighbourDuringCount'), 0, arm);
      assert.equal('neighbourSlowdownRatio' in values, false, arm);
      continue;
    }
    // One operation at a time: number times median fits into the windows in which they begin.
    assert.ok(of('neighbourDuringWorstNs') >= of('neighbourDuringMedianNs'), arm);
    // Pauses between the steps of a clean-up belong to the window of the neighbour only.
    if (of('cleanupWallNs') >= LONG_NS)
      assert.ok(
        (of('neighbourDuringCount') - 2) * of('neighbourDuringMedianNs') * 0.5 <= of('cleanupWallNs') * 1.5,
        arm,
      );
    assert.equal(of('neighbourSlowdownRatio'), of('neighbourDuringMedianNs') / of('neighbourAloneMedianNs'));
    // A percentile is bounded from 29 values for the 90th and from 299 for the 99th.
    assert.equal('neighbourAloneP90Ns' in values, of('neighbourAloneCount') >= 29, arm);
    assert.equal('neighbourDuringP99Ns' in values, of('neighbourDuringCount') >= 299, arm);
    assert.equal(of('cleanupWallNs'), of('destroyWallNs') + of('collectWallNs') + of('removeSyncWallNs'));
  }
  assert.ok(samples.some(({ values }) => values['cleanupWallNs']! >= LONG_NS));
  // The two windows contain different operations: equal numbers in every sample would mean that each is in both.
  assert.ok(samples.some(({ values }) => values['neighbourAloneCount'] !== values['neighbourDuringCount']));
  const on = (type: string) => samples.filter(({ params }) => params['on'] === type);
  for (const type of ['ext4', 'xfs']) {
    const { ok } = readRun(out).environment.features[`${type}-loop`]!;
    assert.equal(on(type).length > 0, ok, type);
    for (const { values } of on(type))
      assert.deepEqual([values['journalCount'], values['discardCount']], [1, 0], type);
  }
  assert.ok(on('work').length > 0);
  await untilNothingLeft(home);
  for (const name of readdirSync(work)) assert.ok(stderr.includes(`left: ${join(work, name)}\n`), stderr);
});
