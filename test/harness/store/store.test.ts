import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSynthetic } from '../../../harness/images/synthetic.ts';
import type { Store } from '../../../harness/model/backend.ts';
import type { Image, SourceImage } from '../../../harness/model/image.ts';
import type { Files } from '../../../harness/model/machine.ts';
import { objectPath } from '../../../harness/store/objects.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore, objectDirOf } from '../../../harness/store/store.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { batchFiles } from '../../../harness/sys/batch-files.ts';
import { stored, treeOf } from '../images/trees.ts';
import { listObjects } from '../support/list-objects.ts';
import { stepwiseFiles as stepwise } from '../sys/support.ts';

const prepare = async (spec: string, dir: string, run: string): Promise<Image> =>
  prepareImage(await openSynthetic(spec, `synthetic:${spec}`), { dir, objectDir: objectDirOf(run) });

/** The real calls, with a count per name. */
const counting = (): { files: Files; calls: Map<string, number> } => {
  const calls = new Map<string, number>();
  const counted = Object.fromEntries(
    Object.entries(stepwise).map(([name, call]) => [
      name,
      typeof call !== 'function'
        ? call
        : (...given: unknown[]) => {
            calls.set(name, (calls.get(name) ?? 0) + 1);
            return (call as (...all: unknown[]) => unknown)(...given);
          },
    ]),
  );
  return { files: counted as unknown as Files, calls };
};

const KINDS: readonly (readonly [string, Files])[] = [
  ['call by call', stepwise],
  ['in one call', { ...stepwise, batch: batchFiles }],
];

// With sanitizers, only the compiled library is tested.
const kinds = process.env['CFSBENCH_TEST_AGAIN'] === undefined ? KINDS : KINDS.slice(1);

for (const [kind, files] of kinds)
  describe(`a store, ${kind}`, {
    skip: kind === 'in one call' && batchFiles === null ? 'no library is built' : false,
  }, () => {
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

    const largeImage = async (sizes: readonly number[]): Promise<Image> => {
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
      return prepareImage(source, { dir: join(dir, 'large'), objectDir: objectDirOf(join(dir, 'run')) });
    };

    it('ingests exactly the objects of an image', () => {
      store.ingest(one);
      assert.deepEqual(objects(), digests(one));
      for (const { digest, sizeBytes } of one.objects) {
        const bytes = readFileSync(join(store.objectDirs[0]!, objectPath(digest)));
        assert.equal(bytes.length, sizeBytes);
        assert.equal(verityDigest(bytes), digest);
      }
    });

    it('has no object folders with layersOnly', () => {
      const layers = createStore({ state: 'empty', dir: join(dir, 'layers-only'), layersOnly: true, files });
      assert.deepEqual(layers.objectDirs, []);
      assert.deepEqual(readdirSync(join(dir, 'layers-only')), ['layers']);
    });

    it('ingests objects larger than one read', async () => {
      const large = await largeImage([3_000_000, 10, 1 << 20, (1 << 20) + 1, 5_000_000]);
      store.ingest(large);
      for (const { digest } of large.objects)
        assert.equal(verityDigest(readFileSync(join(store.objectDirs[0]!, objectPath(digest)))), digest);
    });

    it('digests objects with several tree levels', async () => {
      // 128 blocks fill one tree level, 129 need a second; the last object is larger than one read of the pack.
      const sizes = [0, 1, 4096, 4097, 128 * 4096, 128 * 4096 + 1, 5_000_000].slice(1);
      const large = await largeImage(sizes);
      store.ingest(large, 'digested');
      assert.deepEqual(objects(), digests(large));
    });

    it('writes only missing objects', { skip: files.batch === null ? false : 'counted call by call' }, () => {
      store.ingest(one);
      const { files: counted, calls } = counting();
      const again = createStore({ state: 'full', dir: join(dir, 'own'), files: counted });
      again.ingest(one);
      assert.equal(calls.get('exists'), one.objects.length);
      assert.equal(calls.get('write'), undefined);
      assert.equal(calls.get('rename'), undefined);
    });

    it('enables fs-verity with three calls for each object, before it has its name', {
      skip: files.batch === null ? false : 'counted call by call',
    }, () => {
      const { files: counted, calls } = counting();
      const enabled: string[] = [];
      const own = createStore({
        state: 'empty',
        dir: join(dir, 'verified'),
        files: {
          ...counted,
          enableVerity(fd) {
            enabled.push(readlinkSync(`/proc/self/fd/${fd}`));
            return true;
          },
        },
      });
      own.ingest(one, 'compared');
      const without = calls.get('open')! + calls.get('close')!;
      own.collect([]);
      calls.clear();
      own.ingest(one, 'digested');
      const count = one.objects.length;
      const { verity, enabling } = own.ingested();
      assert.equal(verity, true);
      assert.deepEqual([enabling!.objectCount, enabling!.callCount], [count, 3 * count]);
      assert.ok(enabling!.ns > 0);
      assert.deepEqual(new Set(enabled), new Set([join(own.objectDirs[0]!, '.new')]));
      assert.equal(calls.get('open')! + calls.get('close')! - without, 2 * count);
    });

    it('reads the pack in large pieces, not per object', {
      skip: files.batch === null ? false : 'counted call by call',
    }, () => {
      const { files: counted, calls } = counting();
      createStore({ state: 'empty', dir: join(dir, 'third'), files: counted }).ingest(one);
      const packBytes = one.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      assert.ok(
        calls.get('pread')! < one.objects.length / 2 + (2 * packBytes) / 2 ** 20,
        `${calls.get('pread')}`,
      );
      assert.equal(calls.get('rename'), one.objects.length);
    });

    it('removes exactly the objects that no kept image references', () => {
      store.ingest(one);
      store.ingest(two);
      assert.deepEqual(objects(), digests(one, two));
      store.collect([two]);
      assert.deepEqual(objects(), digests(two));
      store.collect([]);
      assert.deepEqual(readdirSync(join(dir, 'own')), ['layers'], 'a store that was empty is empty again');
    });

    it('reads the manifests of kept images from their files, and reports counts and times', () => {
      store.ingest(one);
      store.ingest(two);
      const manifestPath = join(dir, 'two.cfs');
      writeFileSync(manifestPath, two.manifest);
      const onDisk: Image = {
        ...two,
        manifestPath,
        get manifest(): Uint8Array {
          throw new Error('the manifest is read from its file');
        },
      };
      assert.equal(store.collected(), null);
      store.collect([onDisk, two, onDisk]);
      assert.deepEqual(objects(), digests(two));
      const { liveCount, keptCount, removedCount, liveBytes, markNs, sweepNs } = store.collected()!;
      assert.deepEqual(
        { liveCount, keptCount, removedCount },
        {
          liveCount: digests(two).length,
          keptCount: digests(two).length,
          removedCount: digests(one, two).length - digests(two).length,
        },
      );
      assert.ok(liveBytes >= 32 * liveCount && markNs > 0 && sweepNs > 0);
      writeFileSync(manifestPath, 'no manifest');
      assert.throws(() => store.collect([onDisk]));
      assert.deepEqual(objects(), digests(two), 'nothing is removed after a manifest that cannot be read');
    });

    it('makes folders only for their first object', () => {
      assert.deepEqual(readdirSync(join(dir, 'own')), ['layers']);
      store.ingest(one);
      const wanted = new Set(one.objects.map(({ digest }) => digest.slice(0, 2)));
      assert.deepEqual(readdirSync(store.objectDirs[0]!).sort(), [...wanted].sort());
    });

    it('collects an empty store', () => {
      store.collect([]);
      assert.deepEqual(readdirSync(join(dir, 'own')), ['layers']);
    });

    it('keeps files that are not objects, and their folders', () => {
      store.ingest(one);
      const fan = one.objects[0]!.digest.slice(0, 2);
      writeFileSync(join(store.objectDirs[0]!, 'README'), '');
      store.collect([]);
      assert.deepEqual(readdirSync(store.objectDirs[0]!), ['README']);
      assert.notEqual(fan, 'README');
    });

    it('keeps the folders of a full store', () => {
      const full = createStore({ state: 'full', dir: join(dir, 'full'), files });
      full.ingest(one);
      full.collect([]);
      assert.equal(readdirSync(full.objectDirs[0]!).length, 256);
    });

    it('spreads objects over several folders, and collects them all', () => {
      const spread = createStore({ state: 'empty', dir: join(dir, 'a'), more: [join(dir, 'b')], files });
      spread.ingest(one);
      for (const [place, objectDir] of spread.objectDirs.entries())
        for (const digest of listObjects(objectDir)) assert.equal(Number.parseInt(digest[0]!, 16) % 2, place);
      assert.deepEqual(spread.objectDirs.flatMap(listObjects).sort(), digests(one));
      spread.collect([]);
      assert.deepEqual(readdirSync(join(dir, 'b')), []);
    });

    it('ingests the same objects with digests', () => {
      store.ingest(one, 'digested');
      assert.deepEqual(objects(), digests(one));
      assert.notEqual(store.ingested().verity, null, 'whether the file system has fs-verity was tried');
      store.ingest(one);
      assert.equal(store.ingested().verity, null);
    });

    it('ingests the same objects without asking for fs-verity', () => {
      store.ingest(one, 'compared');
      assert.deepEqual(objects(), digests(one));
      assert.deepEqual(store.ingested(), { verity: null, enabling: null });
    });

    it('reports the calls and the time of fs-verity only if the file system has it', () => {
      store.ingest(one, 'digested');
      const { verity, enabling } = store.ingested();
      assert.equal(enabling === null, verity === false);
      if (enabling === null) return;
      assert.equal(enabling.objectCount, one.objects.length);
      assert.equal(enabling.callCount, 3 * one.objects.length);
      assert.ok(enabling.ns > 0);
    });

    it('refuses an object that does not match its digest, and leaves no file of it', () => {
      const victim = one.objects.findIndex(({ sizeBytes }) => sizeBytes > 0);
      const { digest } = one.objects[victim]!;
      const pack = readFileSync(one.packPath);
      pack[one.packOffsets[victim]!]! ^= 1;
      writeFileSync(one.packPath, pack);
      const path = join(store.objectDirs[0]!, objectPath(digest));
      for (const how of ['digested', 'compared'] as const)
        assert.throws(() => store.ingest(one, how), { code: 'wrong-digest', facts: [path] }, how);
      assert.ok(!objects().includes(digest));
      assert.ok(!readdirSync(store.objectDirs[0]!).includes('.new'));
      store.ingest(one);
      assert.ok(objects().includes(digest), 'trusted is trusted');
    });

    it('reports a pack that is too short', () => {
      writeFileSync(one.packPath, '');
      assert.throws(() => store.ingest(one));
    });
  });
