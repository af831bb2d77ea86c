// The scenario `pull` on real mounts, in both states of the store.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, FEW_BLOCKS, okSamples, readSamples, runFewBlocks, untilNothingLeft } from './support.ts';

test('a pull from an earlier version brings new objects only; unpacked layers bring every layer again', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const arms = 'erofs-overlay,composefs-fuse-lazy,unpacked-overlay';
  const what = ['--scenarios', 'pull', '--images', 'synthetic:files=30,layers=1,seed=none'];
  await runFewBlocks(t, [...what, '--backends', arms], out);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const of = (backend: string, have: string, name: string): number => {
    const values = okSamples(out)
      .filter((sample) => sample.backend === backend && sample.params['have'] === have)
      .map((sample) => sample.values[name]!);
    assert.ok(values.length >= FEW_BLOCKS, `${backend} ${have}`);
    return Math.min(...values);
  };
  const [manifest, layers] = ['erofs-overlay', 'unpacked-overlay'] as const;
  const bytes = (backend: string, have: string): number => of(backend, have, 'pullBytes');
  assert.ok(bytes(manifest, 'earlier') < bytes(manifest, 'nothing') / 10);
  assert.equal(bytes(layers, 'earlier'), bytes(layers, 'nothing'));
  for (const backend of [manifest, layers])
    for (const have of ['nothing', 'earlier']) {
      const parts = ['pullSignatureNs', 'pullLookupNs', 'pullFetchNs'].map((name) => of(backend, have, name));
      const sum = parts.reduce((a, b) => a + b, 0);
      assert.ok(sum > 0 && sum <= of(backend, have, 'pullFirstWallNs') * 1.5, `${parts}`);
      assert.ok(of(backend, have, 'pullVerifyNs') > 0);
      assert.ok(of(backend, have, 'pullCpuNs') > 0);
    }
  // A lazy start has the signature, the manifest and one object when the first file was read.
  const lazy = 'composefs-fuse-lazy';
  // Also from an earlier version: the first file is one whose contents are new.
  for (const have of ['nothing', 'earlier']) assert.equal(of(lazy, have, 'pullMissingCount'), 1, have);
  assert.equal(of(lazy, 'nothing', 'pullRequestCount'), 3);
  assert.ok(bytes(lazy, 'nothing') < bytes(manifest, 'nothing') / 10);
  assert.ok(of(lazy, 'nothing', 'pullReadyWallNs') > of(lazy, 'nothing', 'pullFirstWallNs'));
  await untilNothingLeft(home);
});
