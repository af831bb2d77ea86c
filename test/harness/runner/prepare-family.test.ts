import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { openSource } from '../../../harness/images/registry.ts';
import type { Family, Image, SourceImage } from '../../../harness/model/image.ts';
import { manifestCache, trimManifests } from '../../../harness/runner/manifest-cache.ts';
import { type FamilyParts, prepareFamily } from '../../../harness/runner/prepare-family.ts';
import { withMembers } from '../../../harness/runner/prove-members.ts';
import { memberImage } from '../../../harness/store/member-image.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { openCacheFolder } from '../../../harness/sys/cache-folder.ts';
import { recordedFolders } from '../../../harness/sys/folder-index.ts';
import { ownState } from '../../end-to-end/support.ts';
import { OciLayout, tarOf, uncompressed } from '../images/oci-layouts.ts';
import { listObjects } from '../support/list-objects.ts';
import { temporaryFolder } from '../sys/support.ts';

before(ownState);

const ENTRY = new URL('../../../harness/cli/family-thread.js', import.meta.url);
const SPEC = 'family:base=synthetic:files=60,layers=2,seed=b,count=7,app=20..25,shared=0.5,seed=f';
const cachePath = (): string => join(process.env['XDG_CACHE_HOME']!, 'cfsbench', 'manifests');

const folder = (t: TestContext): string => {
  const path = temporaryFolder(t);
  return path;
};

const open = async (t: TestContext, spec: string): Promise<SourceImage> => {
  const source = await openSource(spec);
  t.after(() => source.close());
  return source;
};

interface Prepared {
  readonly image: Image;
  readonly family: Family;
  readonly said: readonly string[];
}

const prepare = async (
  t: TestContext,
  source: SourceImage,
  more: Partial<FamilyParts> = {},
): Promise<Prepared> => {
  const home = folder(t);
  const said: string[] = [];
  const image = await prepareFamily(source, source.family!, {
    entry: ENTRY,
    version: 'test',
    dir: join(home, 'sources'),
    storeDir: join(home, 'store'),
    spoolDir: home,
    rootless: false,
    interrupted: () => false,
    progress: () => {},
    say: (text) => said.push(text),
    ...more,
  });
  return { image: image!, family: image!.family!, said };
};

const alone = async (t: TestContext, family: Family, index: number): Promise<Image> => {
  const home = folder(t);
  const source = await open(t, family.members[index]!.source);
  return prepareImage(source, { dir: home, objectDir: join(home, 'store') });
};

const layersOf = (image: Image): unknown => image.layers.map(({ id, tarBytes }) => ({ id, tarBytes }));

const sameAlone = async (t: TestContext, family: Family, index: number): Promise<void> => {
  const [member, single] = [family.image(index), await alone(t, family, index)];
  assert.ok(Buffer.from(member.manifest).equals(single.manifest), `manifest of member ${index}`);
  assert.equal(member.manifestDigest, single.manifestDigest);
  assert.equal(verityDigest(member.manifest), member.manifestDigest);
  assert.deepEqual(layersOf(member), layersOf(single));
  assert.deepEqual(member.objects, single.objects);
  assert.equal(member.notUnpackable, single.notUnpackable);
  const pack = readFileSync(member.packPath);
  for (const [i, { digest, sizeBytes }] of member.objects.entries()) {
    const at = member.packOffsets[i]!;
    assert.equal(verityDigest(pack.subarray(at, at + sizeBytes)), digest);
  }
};

test('prepared members equal single ones, the store has their objects, the cache is reused', async (t) => {
  const source = await open(t, SPEC);
  const first = await prepare(t, source);
  assert.match(first.said[0]!, /7 images .*; 0 manifests from the cache, 7 new$/);
  for (const index of [0, 3, 6]) await sameAlone(t, first.family, index);
  const wanted = new Set(
    first.family.members.flatMap((_, i) => first.family.image(i).objects.map(({ digest }) => digest)),
  );
  assert.deepEqual(new Set(listObjects(join(first.family.storeDir, 'objects'))), wanted);
  assert.ok(Buffer.from(first.image.manifest).equals(first.family.image(0).manifest));
  assert.equal(first.image.name, source.name);
  const larger = await prepare(t, await open(t, SPEC.replace('count=7', 'count=9')));
  assert.match(larger.said[0]!, /; 7 manifests from the cache, 2 new$/);
  for (const [i, { manifestDigest }] of first.family.members.entries())
    assert.equal(larger.family.members[i]!.manifestDigest, manifestDigest);
  // The cache is a folder that `cfsbench clean --cache` knows.
  assert.ok(recordedFolders().includes(cachePath()));
});

test('a member can be sent to another thread', async (t) => {
  const { family } = await prepare(t, await open(t, SPEC));
  const member = memberImage(structuredClone(family.members[2]!));
  assert.ok(Buffer.from(member.manifest).equals(family.image(2).manifest));
  assert.equal(member.tree.count, family.image(2).tree.count);
  assert.throws(() => member.packPath, /no pack/);
});

test('damaged files of the cache are not used', async (t) => {
  rmSync(cachePath(), { recursive: true, force: true });
  const source = await open(t, SPEC);
  const { family } = await prepare(t, source);
  const [damaged, short, link] = readdirSync(cachePath()).filter((name) => name.endsWith('.cfs'));
  const bytes = readFileSync(join(cachePath(), damaged!));
  bytes[5000]! ^= 1;
  writeFileSync(join(cachePath(), damaged!), bytes);
  writeFileSync(join(cachePath(), short!), 'x');
  rmSync(join(cachePath(), link!));
  mkdirSync(join(cachePath(), link!));
  const again = await prepare(t, source);
  assert.match(again.said[0]!, /; 4 manifests from the cache, 2 new, 1 could not be kept$/);
  for (const [i, { manifestDigest }] of family.members.entries())
    assert.equal(again.family.members[i]!.manifestDigest, manifestDigest);
  rmSync(join(cachePath(), link!), { recursive: true });
});

test('families with the same own layers on different bases have manifests of their own', async (t) => {
  const home = folder(t);
  const manifests: string[] = [];
  for (const name of ['one', 'two']) {
    const base = join(home, `${name}.dump`);
    writeFileSync(base, `/ 4096 40755 2 0 0 0 0.0 - - -\n/${name} 0 100644 1 0 0 0 0.0 - - -\n`);
    const { family, said } = await prepare(
      t,
      await open(t, `family:base=dump:${base},count=1,app=3..3,seed=same`),
    );
    assert.match(said[0]!, /; 0 manifests from the cache, 1 new$/);
    assert.ok(family.image(0).tree.find(`/${name}`) !== undefined);
    manifests.push(family.members[0]!.manifestDigest);
  }
  assert.notEqual(manifests[0], manifests[1]);
});

test('a cache in use, or a folder with foreign files, is not used', async (t) => {
  const held = await openCacheFolder('manifests');
  assert.ok(held !== null);
  try {
    assert.equal(await openCacheFolder('manifests'), null);
    const { said } = await prepare(t, await open(t, SPEC));
    assert.match(said[0]!, /no cache of manifests: none of this user, or in use by another run$/);
  } finally {
    held.close();
  }
  const strange = join(process.env['XDG_CACHE_HOME']!, 'cfsbench', 'strange');
  mkdirSync(strange);
  writeFileSync(join(strange, 'precious'), 'x');
  assert.equal(await openCacheFolder('strange'), null);
  assert.ok(existsSync(join(strange, 'precious')));
});

test('trimManifests removes manifests beyond the size of the cache, and unfinished files', (t) => {
  const dir = folder(t);
  const cache = manifestCache(dir);
  const manifest = Buffer.alloc(5000, 'm');
  for (const key of ['a', 'b', 'c']) cache.write(key, { bytes: manifest, digest: verityDigest(manifest) });
  writeFileSync(join(dir, '.cfsbench-new-0'), 'left by a killed process');
  trimManifests(dir, 11_000);
  assert.equal(readdirSync(dir).length, 2);
  assert.ok(cache.read(readdirSync(dir)[0]!.replace('.cfs', ''))?.bytes.equals(manifest));
  assert.equal(cache.read('none'), null);
});

test('all tags of a layout become members that share layers and objects', async (t) => {
  const layout = new OciLayout();
  t.after(() => layout.remove());
  const below = tarOf(
    { path: 'lib/' },
    { path: 'lib/a', contents: 'a'.repeat(9000) },
    { path: 'gone', contents: 'g'.repeat(900) },
  );
  for (const tag of ['one', 'two', 'three'])
    layout.add(
      layout.manifest(
        uncompressed(below, tarOf({ path: tag, contents: tag.repeat(99) }, { path: '.wh.gone' })),
      ),
      tag,
    );
  const { family } = await prepare(t, await open(t, `oci:${layout.path}:*`));
  for (const index of [0, 1, 2]) await sameAlone(t, family, index);
  const tars = new Set(family.members.flatMap(({ layers }) => layers.map(({ tarPath }) => tarPath)));
  assert.equal(tars.size, 4);
  // lib/a and one file each; the contents of `gone` are hidden everywhere.
  assert.equal(listObjects(join(family.storeDir, 'objects')).length, 4);
});

test('an interrupt ends the preparation', async (t) => {
  let asked = 0;
  const source = await open(t, SPEC);
  const interrupted = (): boolean => ++asked > 3;
  const home = folder(t);
  const image = await prepareFamily(source, source.family!, {
    ...{ entry: ENTRY, version: 'test', rootless: false, spoolDir: home, interrupted },
    ...{ dir: join(home, 'sources'), storeDir: join(home, 'store'), progress: () => {}, say: () => {} },
  });
  assert.equal(image, null);
});

test('a member that cannot be read fails with its number and the reason', async (t) => {
  const layout = new OciLayout();
  t.after(() => layout.remove());
  for (const tag of ['good', 'wrong'])
    layout.add(layout.manifest(uncompressed(tarOf({ path: tag, contents: tag.repeat(99) }))), tag);
  const source = await open(t, `oci:${layout.path}:*`);
  const image = await source.family!.open(1);
  const { layers } = await prepareImage(image, { dir: folder(t), objectDir: folder(t) });
  await image.close();
  rmSync(join(layout.path, 'blobs', 'sha256', layers[0]!.id), { force: true });
  for (const name of readdirSync(join(layout.path, 'blobs', 'sha256')))
    if (readFileSync(join(layout.path, 'blobs', 'sha256', name)).includes('wrongwrong'))
      writeFileSync(join(layout.path, 'blobs', 'sha256', name), 'damaged');
  await assert.rejects(prepare(t, source), { message: 'cannot prepare member 1', code: 'bad-oci' });
});

test('a family is proved only if all its proved members are', () => {
  const proof = { arm: 'a', equal: true, treeDigest: '1', difference: null, fsType: 'x', took: {} };
  const of = (image: string, more: object = {}) => ({ measuredAs: 'f', proof: { ...proof, image, ...more } });
  assert.deepEqual(withMembers([of('f'), of('f-1'), of('f-2')]), [
    { ...proof, image: 'f', members: ['f-1', 'f-2'] },
  ]);
  const wrong = withMembers([of('f'), of('f-1', { equal: false, treeDigest: '2', difference: '/x: size' })]);
  assert.equal(wrong[0]!.equal, false);
  assert.equal(wrong[0]!.difference, 'f-1: /x: size');
  assert.deepEqual(withMembers([{ measuredAs: 'i', proof: { ...proof, image: 'i' } }]), [
    { ...proof, image: 'i' },
  ]);
});

/** Fails where a thread of this module begins and `mostReads` are used up. */
const limitedEntry = () => {
  const limited = { entry: new URL(ENTRY.href), reads: 0, mostReads: Number.POSITIVE_INFINITY };
  const { protocol } = limited.entry;
  // Node.js reads it for each thread.
  Object.defineProperty(limited.entry, 'protocol', {
    get() {
      if (++limited.reads > limited.mostReads) throw new Error('EAGAIN');
      return protocol;
    },
  });
  return limited;
};

test('a thread that cannot be started ends the others', {
  skip: availableParallelism() < 2 && 'one CPU: there is one thread',
}, async (t) => {
  const limited = limitedEntry();
  const { entry } = limited;
  await new Worker(entry, { workerData: {} }).on('error', () => {}).terminate();
  Object.assign(limited, { reads: 0, mostReads: limited.reads });
  const started = once(process, 'worker') as Promise<[Worker]>;
  await assert.rejects(prepare(t, await open(t, SPEC), { entry }), {
    message: 'cannot start a thread that prepares images',
    facts: ['EAGAIN'],
  });
  const [thread] = await started;
  const isEnded = thread.threadId === -1;
  await thread.terminate();
  assert.ok(isEnded, 'the first thread still runs');
});
