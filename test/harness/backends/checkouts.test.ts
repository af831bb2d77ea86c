// Backends that copy or link whole trees, on a tree with everything that copying tools can lose: hard links, nanoseconds,
// attributes, devices, and equal files with different owners.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectLinkStore, fillLinkStore } from '../../../harness/backends/checkout.ts';
import { openSource } from '../../../harness/images/registry.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { Machine } from '../../../harness/model/machine.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore } from '../../../harness/store/store.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { openSetting, type Setting } from './setting.ts';

const DUMP = `/ 4096 40755 4 0 0 0 1700000000.123456789 - - -
/a 4096 40750 2 1 2 0 1700000001.5 - - - user.on=directory
/a/one 9000 100644 3 0 0 0 1700000002.000000001 aa/one - - user.key=value
/a/same 9000 100644 1 0 0 0 1700000002.000000001 aa/one - - user.key=value
/a/owned 9000 100755 1 1000 1000 0 1700000002.0 aa/one - -
/a/suid 5000 104755 1 0 0 0 -5.25 bb/two - -
/b 4096 40755 2 0 0 0 1700000003.25 - - -
/b/again 9000 @100644 3 0 0 0 1700000002.000000001 /a/one - -
/b/empty 0 100600 1 0 0 0 1700000004.0 - - -
/b/inline 6 100644 1 0 0 0 1700000005.0 - hello\\n -
/b/null 0 20666 1 0 0 259 1700000006.0 - - -
/b/pipe 0 10644 1 0 0 0 1700000007.0 - - -
/b/to 3 120777 1 0 0 0 1700000008.0 a/b - -
/once\\x20more 9000 @100644 3 0 0 0 1700000002.000000001 /a/one - -
`;

describe('copies and checkouts of a tree', { skip: needsRoot }, () => {
  privateMounts();
  let folder: string;
  let setting: Setting;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cfsbench-checkouts-'));
    const dump = join(folder, 'rich.dump');
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

  for (const id of [
    'erofs-full',
    'erofs-blobs',
    'hardlink-checkout',
    'hardlink-checkout-direct',
    'reflink-checkout',
  ])
    test(`${id} keeps everything`, async (t) => {
      const missing = lacks(id);
      if (missing !== undefined) return t.skip(`needs ${missing}`);
      const proved = await setting.provedOn(id);
      assert.ok(proved.kind === 'proof');
      assert.equal(proved.proof.difference, null);
      assert.equal(proved.proof.equal, true);
    });

  test('checkouts of a tree without contents are equal to it', async (t) => {
    const dump = join(folder, 'empty.dump');
    writeFileSync(dump, '/ 4096 40755 2 0 0 0 0.0 - - -\n/link 1 120777 1 0 0 0 0.0 a - -\n');
    const empty = await openSetting(`dump:${dump}`);
    t.after(() => empty.remove());
    for (const id of ['hardlink-checkout', 'hardlink-checkout-direct', 'reflink-checkout']) {
      if (lacks(id) !== undefined) continue;
      const proved = await empty.provedOn(id);
      assert.deepEqual([id, proved.kind === 'proof' && proved.proof.equal], [id, true]);
    }
  });

  test('a link store of sixteen folders gets an image that has files for some of them', async () => {
    const { image, machine } = setting;
    const home = setting.folder('sixteen');
    const dirs = Array.from({ length: 16 }, (_, number) => join(home, String(number)));
    await fillLinkStore(machine, image, dirs);
    const perFolder = dirs.map((dir) => readdirSync(dir).length);
    assert.ok(perFolder.includes(0) && perFolder.some((count) => count > 0), String(perFolder));
  });

  test('ostree-checkout keeps everything but times and equal inodes, and skips devices', async (t) => {
    const missing = lacks('ostree-checkout');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const skipped = await setting.provedOn('ostree-checkout');
    assert.ok(skipped.kind === 'skipped');
    assert.match(skipped.reason, /holds no devices and FIFOs/);
    const dump = join(folder, 'plain.dump');
    const isSpecial = (line: string): boolean => /^\/b\/(?:null|pipe) /.test(line);
    writeFileSync(
      dump,
      DUMP.split('\n')
        .filter((line) => !isSpecial(line))
        .join('\n'),
    );
    const plain = await openSetting(`dump:${dump}`);
    try {
      const proved = await plain.provedOn('ostree-checkout');
      assert.ok(proved.kind === 'proof');
      const { difference, equal, hidden } = proved.proof;
      assert.deepEqual({ difference, equal, hidden }, { difference: null, equal: true, hidden: ['mtime'] });
      const { image, machine, store, workspace } = plain;
      const prepared = await plain.backend('ostree-checkout').prepare(image, machine, {});
      const created = await prepared.create(store, workspace.slot('one').fresh('image'));
      const objects = (): number =>
        readdirSync(join(workspace.store, 'ostree', 'objects'), { recursive: true }).length;
      const before = objects();
      await prepared.collect(store, [image]);
      assert.equal(objects(), before, 'a kept image loses no object');
      await created.destroy();
      await prepared.collect(store, []);
      assert.ok(objects() < before, 'prune removes what no reference keeps');
    } finally {
      await plain.remove();
    }
  });

  test('ostree-composefs keeps everything but times, hard links, and the absence of directories that it adds', async (t) => {
    const missing = lacks('ostree-composefs');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const dump = join(folder, 'composefs.dump');
    const lines = DUMP.split('\n').filter((line) => !/^\/b\/(?:null|pipe) /.test(line));
    writeFileSync(dump, `${lines.join('\n')}/usr 4096 40751 2 0 0 0 0.0 - - -\n`);
    const plain = await openSetting(`dump:${dump}`);
    try {
      const proved = await plain.provedOn('ostree-composefs');
      assert.ok(proved.kind === 'proof');
      const { difference, equal, hidden } = proved.proof;
      const added = ['boot', 'etc', 'sysroot', 'var'].map((name) => `the absence of /${name}`);
      assert.deepEqual(
        { difference, equal, hidden },
        { difference: null, equal: true, hidden: ['mtime', ...added] },
      );
    } finally {
      await plain.remove();
    }
  });

  test('squashfs-full skips a tree with nanoseconds', async (t) => {
    const missing = lacks('squashfs-full');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const proved = await setting.provedOn('squashfs-full');
    assert.ok(proved.kind === 'skipped');
    assert.match(proved.reason, /whole seconds/);
  });

  const life = async (id: string, check: (root: string) => void, keep: readonly Image[]): Promise<void> => {
    const { image, machine, store, workspace } = setting;
    const folders = workspace.slot(`life-of-${id}`);
    const prepared = await setting.backend(id).prepare(image, machine, {});
    await prepared.ingest(store);
    const created = await prepared.create(store, folders.fresh('image'));
    const mounted = await created.mount(folders.fresh('mount'));
    check(mounted.root);
    await mounted.unmount();
    await mounted.settle();
    await created.destroy();
    await prepared.collect(store, keep);
    folders.remove();
  };

  test('a link store keeps exactly the files of kept images', async () => {
    const linkStore = join(setting.workspace.store, 'link-store');
    await life('hardlink-checkout', () => {}, [setting.image]);
    // `one`, its copy and its links are one file; a different owner or different contents make another file.
    assert.equal(readdirSync(linkStore).length, 3);
    await life('hardlink-checkout', () => {}, []);
    assert.equal(existsSync(linkStore), false);
  });

  test('lives of a reflink checkout from empty stores leave no folder', async (t) => {
    const missing = lacks('reflink-checkout');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    const { image, machine, workspace } = setting;
    const dump = join(folder, 'other.dump');
    writeFileSync(dump, '/ 4096 40755 2 0 0 0 0.0 - - -\n/file 9000 100644 1 0 0 0 0.0 aa/one - -\n');
    const source = await openSource(`dump:${dump}`);
    const objectDir = join(workspace.store, 'objects');
    const other = await prepareImage(source, { dir: join(workspace.sources, '1'), objectDir });
    await source.close();
    const both = await Promise.all(
      [image, other].map((one) => setting.backend('reflink-checkout').prepare(one, machine, {})),
    );
    const home = both[0]!.ownFileSystem ?? join(workspace.sources, 'reflink');
    const before = readdirSync(home);
    const folders = workspace.slot('empty-of-reflinks');
    for (const name of ['one', 'two']) {
      const dir = join(folders.store, name);
      const store = createStore({ state: 'empty', dir, files: machine.files });
      for (const prepared of both) await prepared.ingest(store);
      assert.equal(readdirSync(home).length, before.length + 1);
      await both[0]!.collect(store, [other]);
      await both[1]!.collect(store, []);
      // Asked again, and of a store that never got anything.
      await both[1]!.collect(store, []);
      assert.deepEqual(readdirSync(home), before);
    }
    // The tree of another image is still there.
    const store = createStore({ state: 'empty', dir: join(folders.store, 'three'), files: machine.files });
    for (const prepared of both) await prepared.ingest(store);
    await both[0]!.collect(store, []);
    assert.equal(readdirSync(home).length, before.length + 1);
    await both[1]!.collect(store, []);
    assert.deepEqual(readdirSync(home), before);
  });

  test('a window of a link store gets the names of each kept image, and no union made before it', () => {
    const { image, machine } = setting;
    const other = { ...image };
    const given: (readonly Uint8Array[] | null)[] = [];
    const batch = {
      ...machine.files.batch,
      collectLinkStore: ({ keep }: { keep: readonly Uint8Array[] | null }) => void given.push(keep),
    };
    const watched = { ...machine, files: { ...machine.files, batch } } as unknown as Machine;
    collectLinkStore(watched, [setting.folder('watched')], [image, other]);
    assert.deepEqual(
      given.map((keep) => keep?.map(({ length }) => length / 32)),
      [[3, 3]],
    );
  });

  test('hard links merge equal files, reflinks do not', async (t) => {
    await life(
      'hardlink-checkout',
      (root) => {
        assert.equal(statSync(join(root, 'a/same')).ino, statSync(join(root, 'a/one')).ino);
        assert.equal(statSync(join(root, 'a/one')).nlink, 5);
      },
      [],
    );
    const missing = lacks('reflink-checkout');
    if (missing !== undefined) return t.skip(`needs ${missing}`);
    await life(
      'reflink-checkout',
      (root) => {
        assert.notEqual(statSync(join(root, 'a/same')).ino, statSync(join(root, 'a/one')).ino);
        assert.equal(statSync(join(root, 'b/again')).ino, statSync(join(root, 'a/one')).ino);
        assert.equal(statSync(join(root, 'a/one')).nlink, 3);
      },
      [],
    );
  });
});
