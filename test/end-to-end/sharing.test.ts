// The scenarios sharing-cache, sharing-disk, many-stores, lookup-trace and tamper on real mounts, checked against the images.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSource } from '../../harness/images/registry.ts';
import { S_IFMT, S_IFREG, type Tree } from '../../harness/model/tree.ts';
import { firstVersion, laterVersions, SMALL } from '../../scenarios/versions.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, okSamples, program, readRun, readSamples } from './support.ts';

const SCENARIOS = ['sharing-cache', 'sharing-disk', 'many-stores', 'lookup-trace', 'tamper'];
const PAGE_BYTES = 4096n;
const CERTS = { versions: 'certs' };

/** Names that the inspector can be asked for: requests are JSON. */
const PLAIN = /^[\x21-\x7e]+$/;

/** Digest to size of all described contents. */
const contentsOf = (tree: Tree): Map<string, bigint> => {
  const contents = new Map<string, bigint>();
  for (let index = 0; index < tree.count; index++) {
    const { mode, size, digest } = tree.entry(index);
    const isFile = (mode & S_IFMT) === S_IFREG && size > 0n;
    if (isFile && digest !== null && PLAIN.test(tree.path(index))) contents.set(digest, size);
  }
  return contents;
};

const sourceOf = async (spec: string): Promise<Map<string, bigint>> => {
  const source = await openSource(spec);
  const contents = contentsOf(source.tree);
  await source.close();
  return contents;
};

test('sharing, two stores, lookups and tampering', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const what = ['--scenarios', SCENARIOS.join(), '--images', 'synthetic:files=30,layers=1,seed=none'];
  const how = ['--count-only', '--count-passes', '3', '--budget', '10m'];
  const { code, stdout, stderr } = await program(t, ['run', ...what, ...how, '--out', out]);
  const run = readRun(out);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  /** Of most passes: reclaim or migration of pages can change one. */
  const value = (scenario: string, arm: string, metric: string): number | undefined => {
    const all = okSamples(out)
      .filter((sample) => sample.scenario === scenario && sample.arm === arm)
      .map(({ values }) => values[metric]);
    return all.find((one, index) => all.indexOf(one) < index) ?? all[0];
  };
  const here = (arm: string): boolean => run.plan.arms.includes(arm);
  const needsArm = (arm: string): string | false => (here(arm) ? false : `${arm} cannot run here`);

  await t.test('pages common to two images are cached once or twice, depending on the backend', async () => {
    const first = await sourceOf(firstVersion(CERTS));
    const second = await sourceOf(laterVersions(CERTS)[0]!);
    let pages = 0n;
    for (const [digest, size] of first)
      if (second.has(digest)) pages += (size + PAGE_BYTES - 1n) / PAGE_BYTES;
    assert.ok(pages > 500n);
    const copies = {
      'erofs-overlay': 1,
      'composefs-fuse': 2,
      'unpacked-overlay': 2,
      'erofs-full': 2,
      'erofs-full-inode-share': 1,
      'erofs-blobs': 2,
      'hardlink-checkout': 1,
      'reflink-checkout': 2,
    };
    for (const [arm, times] of Object.entries(copies)) {
      if (!here(arm)) continue;
      const of = (metric: string): number | undefined => value('sharing-cache', arm, metric);
      // Hard links cannot share files with different metadata: their pages are cached twice.
      const apart = arm === 'hardlink-checkout' ? Number(pages) - of('alikePageCount')! : 0;
      assert.ok(apart < Number(pages) / 10, arm);
      assert.equal(of('sharedPageCount'), Number(pages), arm);
      assert.equal(of('firstPageCount'), Number(pages), arm);
      assert.equal(of('secondPageCount'), Number(pages), arm);
      assert.equal(of('mountFrameCount'), times * Number(pages) + apart, arm);
      assert.equal(of('wrongLinkCount')! > 0, arm === 'hardlink-checkout', arm);
    }
    assert.equal(value('sharing-cache', 'erofs-overlay', 'objectPageCount'), Number(pages));
    assert.equal(value('sharing-cache', 'unpacked-overlay', 'objectPageCount'), 0);
  });

  await t.test(
    'a second version adds under 10 % of the bytes where contents are shared, over 90 % elsewhere',
    async () => {
      for (const arm of ['erofs-overlay', 'composefs-fuse', 'hardlink-checkout']) {
        if (!here(arm)) continue;
        const [first, added] = ['firstDiskBytes', 'addedDiskBytes'].map(
          (name) => value('sharing-disk', arm, name)!,
        );
        assert.ok(first! > 5e6 && added! > 0 && added! < 0.1 * first!, `${arm}: ${first} ${added}`);
      }
      for (const arm of ['unpacked-overlay', 'erofs-full', 'erofs-blobs']) {
        if (!here(arm)) continue;
        const [first, added] = ['firstDiskBytes', 'addedDiskBytes'].map(
          (name) => value('sharing-disk', arm, name)!,
        );
        assert.ok(added! > 0.9 * first!, `${arm}: ${first} ${added}`);
      }
      const [first, second] = [await sourceOf(firstVersion(CERTS)), await sourceOf(laterVersions(CERTS)[0]!)];
      const fresh = [...second.keys()].filter((digest) => !first.has(digest));
      // A manifest, the new objects, and at most a folder per object.
      const added = value('sharing-disk', 'erofs-overlay', 'addedInodeCount')!;
      const least = 1 + fresh.length;
      assert.ok(added >= least && added <= least + fresh.length, `${added} of at least ${least}`);
    },
  );

  const contents = await sourceOf(SMALL);

  await t.test('objects are read from two file systems, and links across them fail', () => {
    for (const arm of ['erofs-overlay', 'composefs-fuse']) {
      const of = (metric: string): number => value('many-stores', arm, metric)!;
      assert.equal(of('storeDeviceCount'), 2);
      assert.equal(of('rightFileCount'), of('objectFileCount'));
      assert.ok(of('objectFileCount') >= contents.size);
      assert.ok(of('secondStoreObjectCount') > 20);
    }
    for (const arm of ['hardlink-checkout', 'reflink-checkout']) {
      if (!here(arm)) continue;
      assert.equal(value('many-stores', arm, 'crossDeviceCount'), 1, arm);
      assert.equal(value('many-stores', arm, 'storeDeviceCount'), 2, arm);
    }
  });

  await t.test('a block image has its contents on one file system', { skip: needsArm('erofs-full') }, () => {
    const block = (metric: string): number => value('many-stores', 'erofs-full', metric)!;
    assert.deepEqual([block('storeDeviceCount'), block('rightFileCount')], [1, block('objectFileCount')]);
  });

  const { ok: hasXfs } = run.environment.features['xfs-loop']!;
  const lookups = { skip: hasXfs ? false : 'XFS on a loop device cannot be mounted here' };
  await t.test('opening looks up every object and its folder once; listing looks up none', lookups, () => {
    for (const arm of ['erofs-overlay', 'composefs-fuse']) {
      assert.equal(value('lookup-trace', arm, 'walkLookupCount'), 0);
      const opened = value('lookup-trace', arm, 'openedFileCount')!;
      const found = value('lookup-trace', arm, 'openLookupCount')!;
      assert.equal(opened, contents.size);
      assert.ok(found > opened && found <= 2 * opened, `${arm}: ${found} for ${opened}`);
    }
  });

  await t.test('the manifest detects changes that fs-verity of a file does not', () => {
    for (const change of ['mode', 'owner', 'attribute', 'replaced', 'redigested', 'rename']) {
      assert.equal(value('tamper', 'erofs-overlay', `${change}ShownCount`), 1, change);
      assert.equal(value('tamper', 'erofs-overlay', `${change}ByFileCount`), 0, change);
      assert.equal(value('tamper', 'erofs-overlay', `${change}ByManifestCount`), 1, change);
    }
    assert.equal(value('tamper', 'erofs-overlay', 'replacedByReferenceCount'), 1);
    assert.equal(value('tamper', 'erofs-overlay', 'redigestedByReferenceCount'), 0);
    assert.equal(value('tamper', 'erofs-overlay', 'contentByManifestCount'), 0);
    for (const arm of ['erofs-overlay', 'unpacked-overlay'])
      assert.equal(value('tamper', arm, 'contentByFileCount'), 1);
  });

  await t.test(
    'the manifest of blobs detects all changes but those of contents',
    { skip: needsArm('erofs-blobs') },
    () => {
      for (const change of ['content', 'mode', 'owner', 'attribute', 'replaced', 'rename']) {
        const of = (suffix: string) => value('tamper', 'erofs-blobs', `${change}${suffix}Count`);
        assert.equal(of('Shown'), 1, change);
        assert.equal(of('ByFile'), Number(change === 'content'), change);
        assert.equal(of('ByManifest'), Number(change !== 'content'), change);
      }
      assert.equal(value('tamper', 'erofs-blobs', 'redigestedShownCount'), undefined);
    },
  );

  await t.test('the claims C3, C4, C8, C13 and C14 are supported', () => {
    for (const id of ['C13', 'C14']) assert.match(stdout, new RegExp(`^${id} supported`, 'm'));
    if (here('reflink-checkout'))
      for (const id of ['C3', 'C4']) assert.match(stdout, new RegExp(`^${id} {2}supported`, 'm'));
    if (run.environment.features['xfs-loop']!.ok) assert.match(stdout, /^C8 {2}supported/m);
  });

  assert.deepEqual(leftOf(home), []);
});
