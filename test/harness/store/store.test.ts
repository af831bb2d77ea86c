import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSynthetic } from '../../../harness/images/synthetic.ts';
import type { Store } from '../../../harness/model/backend.ts';
import type { Image, SourceImage } from '../../../harness/model/image.ts';
import type { Files } from '../../../harness/model/machine.ts';
import { listObjects, objectPath } from '../../../harness/store/objects.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore, objectDirOf } from '../../../harness/store/store.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { files } from '../../../harness/sys/files.ts';
import { stored, treeOf } from '../images/trees.ts';

const prepare = async (spec: string, dir: string, run: string): Promise<Image> =>
  prepareImage(await openSynthetic(spec, `synthetic:${spec}`), { dir, objectDir: objectDirOf(run) });

/** The real calls, counted by name. */
const counting = (): { files: Files; calls: Map<string, number> } => {
  const calls = new Map<string, number>();
  const counted = Object.fromEntries(
    Object.entries(files).map(([name, call]) => [
      name,
      (...given: unknown[]) => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return (call as (...all: unknown[]) => unknown)(...given);
      },
    ]),
  );
  return { files: counted as unknown as Files, calls };
};

describe('a store', () => {
  let dir: string;
  let store: Store;
  let one: Image;
  let two: Image;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-store-'));
    one = await prepare('files=60,seed=a', join(dir, 'one'), join(dir, 'run'));
    two = await prepare('files=40,seed=b', join(dir, 'two'), join(dir, 'run'));
    store = createStore({ state: 'empty', dir: join(dir, 'own'), files });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const objects = (): string[] => listObjects(store.objectDirs[0]!).sort();
  const digests = (...images: Image[]): string[] =>
    [...new Set(images.flatMap((image) => image.objects.map(({ digest }) => digest)))].sort();

  it('takes in exactly the objects of an image, each true to its name', () => {
    store.ingest(one);
    assert.deepEqual(objects(), digests(one));
    for (const { digest, sizeBytes } of one.objects) {
      const bytes = readFileSync(join(store.objectDirs[0]!, objectPath(digest)));
      assert.equal(bytes.length, sizeBytes);
      assert.equal(verityDigest(bytes), digest);
    }
    assert.equal(readdirSync(store.objectDirs[0]!).length, 256);
  });

  it('has no object folders where a backend keeps layers alone', () => {
    const layers = createStore({ state: 'empty', dir: join(dir, 'layers-only'), layersOnly: true, files });
    assert.deepEqual(layers.objectDirs, []);
    assert.deepEqual(readdirSync(join(dir, 'layers-only')), ['layers']);
  });

  it('takes in objects larger than what is read at once', async () => {
    const sizes = [3_000_000, 10, 1 << 20, (1 << 20) + 1, 5_000_000];
    const tree = treeOf(
      Object.fromEntries(sizes.map((size, i) => [`f${i}`, stored(String(i).repeat(64), size)])),
    );
    const source: SourceImage = {
      name: 'large',
      source: 'large',
      contents: 'synthetic',
      tree,
      layers: [tree],
      content: (of, index) => ({ kind: 'seed', seed: `${index}`, sizeBytes: Number(of.entry(index).size) }),
      close: async () => {},
    };
    const large = await prepareImage(source, {
      dir: join(dir, 'large'),
      objectDir: objectDirOf(join(dir, 'run')),
    });
    store.ingest(large);
    for (const { digest } of large.objects)
      assert.equal(verityDigest(readFileSync(join(store.objectDirs[0]!, objectPath(digest)))), digest);
  });

  it('writes only what is missing', () => {
    store.ingest(one);
    const { files: counted, calls } = counting();
    const again = createStore({ state: 'full', dir: join(dir, 'own'), files: counted });
    again.ingest(one);
    assert.equal(calls.get('exists'), one.objects.length);
    assert.equal(calls.get('write'), undefined);
    assert.equal(calls.get('rename'), undefined);
  });

  it('reads the pack in large pieces, not per object', () => {
    const { files: counted, calls } = counting();
    createStore({ state: 'empty', dir: join(dir, 'third'), files: counted }).ingest(one);
    const packBytes = one.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    assert.ok(
      calls.get('pread')! < one.objects.length / 2 + (2 * packBytes) / 2 ** 20,
      `${calls.get('pread')}`,
    );
    assert.equal(calls.get('rename'), one.objects.length);
  });

  it('removes what no kept image references, and nothing else', () => {
    store.ingest(one);
    store.ingest(two);
    assert.deepEqual(objects(), digests(one, two));
    store.collect([two]);
    assert.deepEqual(objects(), digests(two));
    store.collect([]);
    assert.deepEqual(objects(), []);
    assert.equal(readdirSync(store.objectDirs[0]!).length, 256);
  });

  it('does not hide that a pack is too short', () => {
    writeFileSync(one.packPath, '');
    assert.throws(() => store.ingest(one));
  });
});
