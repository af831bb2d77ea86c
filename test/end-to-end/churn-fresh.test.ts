// Removal before write-back on real file systems: the tree is really made and removed, and nothing remains.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, okSamples, readSamples, runFewBlocks, untilNothingLeft } from './support.ts';

test('churn-fresh creates an image and removes it on every backend, with an empty and with a full store', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const choice = ['--scenarios', 'churn-fresh', '--images', 'synthetic:files=40,layers=2,seed=fresh'];
  await runFewBlocks(t, [...choice, '--profile', 'all', '--count-passes', '1'], out);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome === 'failed'),
    [],
  );
  const timed = okSamples(out).filter(({ pass }) => pass === 'time');
  const armsWith = (local: string): readonly string[] =>
    [...new Set(timed.filter(({ params }) => params['local'] === local).map(({ arm }) => arm))].sort();
  const headline = ['composefs-fuse', 'erofs-overlay', 'null', 'unpacked-overlay'];
  assert.deepEqual(armsWith('nothing'), headline);
  assert.deepEqual(
    headline.filter((arm) => !armsWith('files').includes(arm)),
    [],
  );
  assert.ok(armsWith('files').includes('hardlink-checkout'));
  for (const { arm, values } of timed) {
    const { destroyFreshWallNs = 0 } = values;
    assert.ok(destroyFreshWallNs > 0, arm);
    assert.ok(!('destroyWallNs' in values) && !('collectWallNs' in values), arm);
  }
  // One file per entry of a layer is unlinked, one manifest otherwise.
  const unlinks = (arm: string): number => {
    const sample = okSamples(out).find(
      (one) => one.arm === arm && one.pass === 'count' && one.params['local'] === 'files',
    );
    const ledger = sample?.ledger?.['destroy'] ?? {};
    return Object.values(ledger)
      .flatMap((calls) => Object.entries(calls))
      .reduce((sum, [name, count]) => sum + (name.startsWith('unlink') ? count : 0), 0);
  };
  assert.equal(unlinks('erofs-overlay'), 1);
  assert.ok(unlinks('unpacked-overlay') > 40);
  await untilNothingLeft(home);
});
