import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { objectPaths } from '../../../harness/erofs/objects.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { openDir } from '../../../harness/images/dir.ts';
import { openSynthetic } from '../../../harness/images/synthetic.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import type { Tree } from '../../../harness/model/tree.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { objectPath } from '../../../harness/store/objects.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import {
  device,
  directory,
  type Entries,
  inline,
  socket,
  stored,
  treeOf,
  whiteout,
} from '../images/trees.ts';
import { listObjects } from '../support/list-objects.ts';

const described = (tree: Tree, layers: readonly Tree[] = [tree]): SourceImage => ({
  name: 'test',
  source: 'test',
  contents: 'synthetic',
  tree,
  layers,
  content: (of, index) => ({
    kind: 'seed',
    seed: of.entry(index).payload!,
    sizeBytes: Number(of.entry(index).size),
  }),
  close: async () => {},
});

describe('preparing an image', () => {
  let dir: string;
  let objectDir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-prepare-'));
    objectDir = join(dir, 'store');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const prepare = (source: SourceImage, rootless = false) =>
    prepareImage(source, { dir: join(dir, 'image'), objectDir, rootless });

  it('names objects by their true digests in tree, store, pack and manifest', async () => {
    const image = await prepare(await openSynthetic('files=80,layers=3,seed=p', 'p'));
    const pack = readFileSync(image.packPath);
    const sorted = image.objects.map(({ digest }) => digest);
    assert.deepEqual(sorted, [...sorted].sort());
    for (const [i, { digest, sizeBytes }] of image.objects.entries()) {
      const bytes = readFileSync(join(objectDir, objectPath(digest)));
      assert.equal(verityDigest(bytes), digest);
      assert.equal(sizeBytes, bytes.length);
      assert.deepEqual(pack.subarray(image.packOffsets[i]!, image.packOffsets[i]! + sizeBytes), bytes);
    }
    assert.deepEqual([...objectPaths(image.manifest)].sort(), sorted.map(objectPath));
    assert.equal(verityDigest(image.manifest), image.manifestDigest);
    assert.equal(image.layers.length, 3);
  });

  it('stores contents that only a lower layer has, but not in the pack', async () => {
    const hidden = stored('a'.repeat(64), 3000);
    const layers = [treeOf({ f: hidden }), treeOf({ f: stored('b'.repeat(64), 3000) })];
    const image = await prepare(described(layers[1]!, layers));
    assert.equal(image.objects.length, 1);
    assert.equal(listObjects(objectDir).length, 2);
    const lowest = readFileSync(image.layers[0]!.tarPath);
    assert.ok(lowest.includes(contentBytes(hidden.payload!, 0, 3000)));
  });

  it('stores equal contents once, and contents of another size separately', async () => {
    const same = stored('a'.repeat(64), 200);
    const tree = treeOf({ a: same, b: same, c: stored('a'.repeat(64), 201), d: inline('small') });
    const image = await prepare(described(tree));
    assert.deepEqual(image.objects.map(({ sizeBytes }) => sizeBytes).sort(), [200, 201]);
  });

  it('records the described digest and the manifest digest', async () => {
    const source = described(treeOf({ a: stored('a'.repeat(64), 200) }));
    const image = await prepare(source);
    assert.equal(image.describedDigest, verityDigest(imageBytes(source.tree, {})));
    assert.notEqual(image.describedDigest, image.manifestDigest);
    assert.equal(image.imageVersion, 0);
  });

  it('keeps the tree of a real image', async () => {
    const root = join(dir, 'root');
    mkdirSync(root);
    writeFileSync(join(root, 'f'), contentBytes('f', 0, 2_000_000));
    const image = await prepare(await openDir(root, 'dir'));
    assert.equal(image.describedDigest, image.manifestDigest);
  });

  it('refuses a file that changed after it was digested', async () => {
    const root = join(dir, 'root');
    mkdirSync(root);
    writeFileSync(join(root, 'f'), 'x'.repeat(100));
    const source = await openDir(root, 'dir');
    writeFileSync(join(root, 'f'), 'y'.repeat(100));
    await assert.rejects(prepare(source), { code: 'changed' });
  });

  it('gives the reason why a tree cannot be unpacked, and writes no layers', async () => {
    const cases = [
      [{ d: directory(), 'd/w': whiteout() }, false, /^\/d\/w: .*whiteout/],
      [{ f: inline('f', { xattrs: [['trusted.overlay.x', '']] }) }, false, /trusted\.overlay\.x/],
      [{ s: socket() }, false, /socket/],
      [{ f: inline('f', { mtimeNsec: 1_000_000_000 }) }, false, /mtime/],
      [{ n: device('char', 5) }, true, /device node needs root/],
      [{ f: inline('f', { xattrs: [['security.selinux', 'x']] }) }, true, /security\.selinux.* needs root/],
      [{ f: inline('f', { xattrs: [['user.overlay.x', 'x']] }) }, true, /user\.overlay\.x/],
    ] as const;
    for (const [entries, rootless, reason] of cases) {
      const image = await prepare(described(treeOf(entries)), rootless);
      assert.match(image.notUnpackable ?? 'null', reason);
      assert.deepEqual(image.layers, []);
    }
    const fine = await prepare(described(treeOf({ n: device('char', 5) })));
    assert.equal(fine.notUnpackable, null);
  });

  it('gives the reason why a layer cannot be unpacked, also of an entry that is hidden', async () => {
    const shown = treeOf({ d: directory() });
    const opaque = directory({ xattrs: [['trusted.overlay.opaque', 'y']] });
    const notUnpackable = async (rootless: boolean, ...layers: Entries[]): Promise<string | null> =>
      (await prepare(described(shown, layers.map(treeOf)), rootless)).notUnpackable;
    const hiding = { d: opaque, n: whiteout() };
    assert.match(
      (await notUnpackable(true, { n: device('char', 5) }, hiding)) ?? 'null',
      /^\/n: .*needs root/,
    );
    assert.match(
      (await notUnpackable(true, { n: inline('n', { xattrs: [['security.selinux', 'x']] }) }, hiding)) ??
        'null',
      /^\/n: .*needs root/,
    );
    assert.match(
      (await notUnpackable(
        false,
        { n: directory({ xattrs: [['trusted.overlay.redirect', '/d']] }) },
        hiding,
      )) ?? 'null',
      /trusted\.overlay\.redirect/,
    );
    assert.equal(await notUnpackable(false, { n: device('char', 5) }, hiding), null);
    assert.equal(await notUnpackable(true, { n: inline('n') }, hiding), null);
  });

  it('uses version 1 for a tree with whiteouts', async () => {
    assert.equal((await prepare(described(treeOf({ w: whiteout() })))).imageVersion, 1);
  });
});
