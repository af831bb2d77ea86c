// How contents arrive on each backend: what is digested, and what a warm window has in memory.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Store } from '../../../harness/model/backend.ts';
import { createStore } from '../../../harness/store/store.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { openSetting, type Setting } from './setting.ts';

/** A large file with two names. */
const DUMP = `/ 4096 40755 3 0 0 0 0.0 - - -
/a 4096 40755 2 0 0 0 0.0 - - -
/a/file 9000 100644 2 0 0 0 0.0 aa/one - -
/again 9000 @100644 2 0 0 0 0.0 /a/file - -
`;

describe('arrival of contents', { skip: needsRoot }, () => {
  privateMounts();
  let folder: string;
  let dump: string;
  let setting: Setting;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cfsbench-arrival-'));
    dump = join(folder, 'small.dump');
    writeFileSync(dump, DUMP);
    setting = await openSetting(`dump:${dump}`);
  });
  after(async () => {
    await setting?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const lacks = (id: string): string | undefined =>
    setting.backend(id).needs.find(({ anyOf }) => !anyOf.some((feature) => setting.features[feature].ok))
      ?.title;

  const emptyStore = (name: string, of: Setting = setting): Store =>
    createStore({ state: 'empty', dir: join(of.workspace.slot(name).store, 'own'), files: of.machine.files });

  for (const id of ['erofs-full', 'squashfs-full', 'plain-directory', 'unpacked-overlay', 'erofs-blobs'])
    test(`${id} refuses digested contents with a changed byte`, async (t) => {
      const missing = lacks(id);
      if (missing !== undefined) return t.skip(`needs ${missing}`);
      const own = await openSetting(`dump:${dump}`);
      t.after(() => own.remove());
      const { image, machine, workspace } = own;
      const prepared = await own.backend(id).prepare(image, machine, {});
      const folders = workspace.slot('results');
      const bringIn = async (name: string): Promise<readonly string[]> => {
        const dir = folders.fresh(name);
        const store = emptyStore(name, own);
        try {
          await prepared.ingest(store, 'digested');
          await prepared.create(store, dir, 'digested');
        } finally {
          // Where plain-directory mounts the layers that it copies.
          if (existsSync(join(dir, 'layers'))) rmdirSync(join(dir, 'layers'));
        }
        return readdirSync(dir);
      };
      const [source] = prepared.sources?.(emptyStore('asked', own)) ?? [];
      assert.ok(typeof source === 'string');
      await bringIn('unchanged');
      const bytes = readFileSync(source);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(source, bytes);
      await assert.rejects(bringIn('changed'), /digest|sha256sum/);
      assert.deepEqual(readdirSync(join(folders.things, 'changed')), []);
    });

  test('ostree brings nothing trusted into an empty store', async (t) => {
    const missing = lacks('ostree-checkout');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const { image, machine, store } = setting;
    const prepared = await setting.backend('ostree-checkout').prepare(image, machine, {});
    const empty = emptyStore('empty');
    const dir = join(empty.layerDir, '..');
    await assert.rejects(prepared.ingest(empty, 'trusted'), { code: 'skip', message: /digests every file/ });
    assert.deepEqual(readdirSync(dir), ['layers']);
    await prepared.ingest(empty, 'digested');
    assert.deepEqual(readdirSync(dir).sort(), ['layers', 'ostree']);
    await prepared.collect(empty, []);
    // A full store digests nothing again.
    await prepared.ingest(store, 'trusted');
  });

  /** What a warm window with this store reads before: paths, and whether all contents are read. */
  const sourcesOf = async (id: string, store: Store) => {
    const prepared = await setting.backend(id).prepare(setting.image, setting.machine, {});
    await prepared.ingest(store);
    return (prepared.sources?.(store) ?? []).map((source) =>
      typeof source === 'string' ? { path: source, reads: () => true } : { reads: () => true, ...source },
    );
  };

  test('checkouts of links have their archives in memory, with a full store that of the tree', async () => {
    const archive = (name: string): string => join(setting.image.dir, `checkout-${name}.tar`);
    const pathsOf = async (store: Store) =>
      (await sourcesOf('hardlink-checkout', store)).map(({ path }) => path);
    assert.deepEqual(await pathsOf(emptyStore('links')), [archive('links'), archive('tree')]);
    assert.deepEqual(await pathsOf(setting.store), [archive('tree')]);
  });

  test('checkouts of reflinks have names and inodes of the tree in memory that cp clones', async (t) => {
    const missing = lacks('reflink-checkout');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const [tree, relink, ...others] = await sourcesOf('reflink-checkout', setting.store);
    assert.deepEqual(readdirSync(tree!.path).sort(), ['a', 'again']);
    assert.equal(tree!.reads('file'), false);
    assert.equal(relink!.path, join(setting.image.dir, 'checkout-relink.tar'));
    assert.deepEqual(others, []);
    assert.equal((await sourcesOf('reflink-checkout', emptyStore('reflinks'))).length, 3);
  });

  test('ostree has the tree that it commits, or the metadata of its repository in memory', async (t) => {
    const missing = lacks('ostree-checkout');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const [tree] = await sourcesOf('ostree-checkout', emptyStore('commits'));
    assert.deepEqual(readdirSync(tree!.path).sort(), ['a', 'again']);
    assert.ok(tree!.reads('file'));
    const [repository] = await sourcesOf('ostree-checkout', setting.store);
    const objects = readdirSync(join(repository!.path, 'objects'), { recursive: true }).map(String);
    const kinds = (names: readonly string[]): readonly string[] =>
      [...new Set(names.map((name) => extname(name)).filter((kind) => kind !== ''))].sort();
    assert.deepEqual(kinds(objects), ['.commit', '.dirmeta', '.dirtree', '.file']);
    assert.deepEqual(kinds(objects.filter(repository!.reads)), ['.commit', '.dirmeta', '.dirtree']);
  });
});
