// Walks, random stat, reading everything and recorded starts on real mounts, checked against values known from the image.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { recordedStarts, touchedBytes } from '../../scenarios/start-trace.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { triedBesideNeighbours } from '../neighbours.ts';
import {
  diskFolder,
  FEW_BLOCKS,
  leftOf,
  okSamples,
  program,
  readRun,
  readSamples,
  runFewBlocks,
  untilNothingLeft,
} from './support.ts';

const PAGE_BYTES = 4096;
const IMAGE = 'synthetic:files=60,layers=2,seed=walks';

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;

test(
  'cold walks, writable walks, prefetch, stat and reading start with cold caches on every arm',
  {
    skip: needsRoot,
  },
  (t) =>
    triedBesideNeighbours(t, 'the caches', {
      make: () => coldWalks(t),
      check(cached) {
        assert.ok(cached.manifest.every((bytes) => bytes > 0));
        assert.ok(cached.loopManifest.every((bytes) => bytes > 0));
        assert.ok(cached.loopDevice.every((bytes) => bytes > 0));
        // Prefetch reads the whole manifest through the device that the mount reads.
        assert.ok(cached.prefetched.every((bytes) => bytes >= cached.manifestBytes));
      },
      ownDrops: 'any',
    }),
);

/** Returns what was cached after each walk, which another process may have dropped. */
const coldWalks = async (t: TestContext) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const scenarios = 'walk-cold,walk-writable,prefetch,random-stat,read-all';
  const what = ['--scenarios', scenarios, '--images', IMAGE, '--count-passes', '1'];
  await runFewBlocks(t, what, out);
  const all = readSamples(out);
  assert.ok(all.every(({ outcome }) => outcome === 'ok'));
  assert.ok(all.every(({ notes }) => notes.some((note) => /^cold: 0 of [1-9]/.test(note))));
  const image = readRun(out).images[0]!;
  const samples = okSamples(out);
  const of = (scenario: string, arm: string) =>
    samples.filter((sample) => sample.scenario === scenario && sample.arm === arm);
  const each = (scenario: string, arm: string, metric: string): readonly number[] => {
    const values = of(scenario, arm).map(({ values }) => values[metric]!);
    assert.ok(values.length >= FEW_BLOCKS, `${scenario} ${arm}`);
    return values;
  };

  const manifest = each('walk-cold', 'erofs-overlay', 'manifestCachedBytes');
  assert.ok(manifest.every((bytes) => bytes <= pagesOf(image.manifestBytes)));
  assert.ok(each('walk-cold', 'erofs-overlay', 'deviceCachedBytes').every((bytes) => bytes === 0));
  const prefetched = of('prefetch', 'erofs-overlay');
  assert.ok(prefetched.length >= FEW_BLOCKS);
  for (const { values } of prefetched)
    assert.equal(values['prefetchedWalkWallNs'], values['prefetchWallNs']! + values['walkWallNs']!);

  for (const arm of ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay']) {
    assert.ok(each('random-stat', arm, 'statFileCount').every((count) => count === image.fileCount));
    assert.ok(each('read-all', arm, 'readAllBytes').every((bytes) => bytes === image.fileBytes));
    const one = arm === 'composefs-fuse' ? 'overlay over fuse.cfs-fuse' : 'one overlay';
    const writable = of('walk-writable', arm);
    assert.ok(writable.length >= FEW_BLOCKS, arm);
    assert.ok(writable.every(({ took }) => took['writable'] === one));
  }
  await untilNothingLeft(home);
  return {
    manifest,
    loopManifest: each('walk-cold', 'erofs-overlay-loop', 'manifestCachedBytes'),
    loopDevice: each('walk-cold', 'erofs-overlay-loop', 'deviceCachedBytes'),
    prefetched: each('prefetch', 'erofs-overlay-loop-dio', 'deviceCachedBytes'),
    manifestBytes: image.manifestBytes,
  };
};

test(
  'a direct loop device does not cache the manifest file, and a plain directory has no manifest',
  {
    skip: needsRoot,
  },
  (t) =>
    triedBesideNeighbours(t, 'the caches', {
      make: () => walksWithoutManifest(t),
      check: (inDevice) => assert.ok(inDevice.every((bytes) => bytes > 0)),
      ownDrops: 'any',
    }),
);

/** Returns what the device had cached after each walk. */
const walksWithoutManifest = async (t: TestContext): Promise<readonly number[]> => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const arms = ['erofs-overlay-loop-dio', 'plain-directory'];
  const { code, stderr } = await program(t, [
    ...['run', '--scenarios', 'walk-cold', '--backends', ['erofs-overlay', ...arms].join()],
    ...['--images', IMAGE, '--placement', 'free', '--count-only', '--count-passes', '2'],
    ...['--budget', '9m', '--out', out],
  ]);
  if (code !== 0) throw new Error(stderr);
  const of = (arm: string) => okSamples(out).filter((sample) => sample.arm === arm);
  for (const arm of arms) assert.equal(of(arm).length, 2, arm);
  assert.ok(of(arms[0]!).every(({ values }) => values['manifestCachedBytes'] === 0));
  assert.ok(of(arms[1]!).every(({ values }) => !('manifestCachedBytes' in values)));
  assert.deepEqual(leftOf(home), []);
  return of(arms[0]!).map(({ values }) => values['deviceCachedBytes']!);
};

test('a recorded start is replayed on every backend', { skip: needsRoot }, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const what = ['--scenarios', 'start-trace', '--placement', 'free', '--images', IMAGE];
  await runFewBlocks(t, what, out);
  const timed = okSamples(out).filter(({ block }) => block < FEW_BLOCKS);
  const { steps, fixture } = recordedStarts().find((one) => one.fixture === 'debian-12-python')!;
  // Three backends, the null arm, and the loop device.
  assert.equal(timed.filter(({ image }) => image === fixture).length, FEW_BLOCKS * 5);
  for (const { values } of timed) {
    assert.equal(values['startStepCount'], steps.length);
    assert.equal(values['startTouchedBytes'], touchedBytes(steps));
    assert.ok(values['startWallNs']! > 0 && values['startWarmWallNs']! > 0);
  }
  await untilNothingLeft(home);
});
