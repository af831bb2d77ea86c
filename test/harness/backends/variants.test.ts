import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { plainFolder } from '../../../harness/model/image.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { openSetting, type Setting } from './setting.ts';

const VARIANTS: readonly {
  readonly id: string;
  readonly fsType: string;
  readonly took: Readonly<Record<string, string>>;
}[] = [
  { id: 'erofs-only', fsType: 'erofs', took: { erofs: 'file' } },
  { id: 'erofs-overlay-loop', fsType: 'overlay', took: { erofs: 'loop', layers: 'fd' } },
  {
    id: 'erofs-overlay-loop-dio',
    fsType: 'overlay',
    took: { erofs: 'loop, direct i/o', layers: 'fd' },
  },
  {
    id: 'erofs-metacopy-loop',
    fsType: 'overlay',
    took: { erofs: 'loop', layers: 'colons, store as a plain layer' },
  },
  {
    id: 'erofs-overlay-dmverity',
    fsType: 'overlay',
    took: { erofs: 'dm-verity over loop', layers: 'fd' },
  },
  {
    id: 'erofs-full-dmverity',
    fsType: 'erofs',
    took: { erofs: 'dm-verity over loop', filters: 'by the tool' },
  },
  { id: 'squashfs-full-dmverity', fsType: 'squashfs', took: { squashfs: 'dm-verity over loop' } },
  { id: 'erofs-overlay-noacl', fsType: 'overlay', took: { erofs: 'file', layers: 'fd' } },
  { id: 'erofs-overlay-no-filter', fsType: 'overlay', took: { erofs: 'file', layers: 'fd' } },
  { id: 'plain-directory', fsType: 'ext4', took: { mount: 'bind' } },
  { id: 'composefs-fuse-reference', fsType: 'fuse.composefs-fuse', took: { transport: 'libfuse, threads' } },
  { id: 'mount-composefs', fsType: 'overlay', took: { mount: 'mount.composefs' } },
  { id: 'erofs-full', fsType: 'erofs', took: { erofs: 'file', filters: 'by the tool' } },
  {
    id: 'erofs-full-inode-share',
    fsType: 'erofs',
    took: { erofs: 'file', pages: 'inode_share', filters: 'by the tool' },
  },
  { id: 'erofs-blobs', fsType: 'erofs', took: { erofs: 'file', blobs: 'file' } },
  { id: 'squashfs-full', fsType: 'squashfs', took: { squashfs: 'loop' } },
  { id: 'hardlink-checkout', fsType: 'ext4', took: { mount: 'bind' } },
  { id: 'hardlink-checkout-unlinkat', fsType: 'ext4', took: { mount: 'bind' } },
  { id: 'reflink-checkout', fsType: 'xfs', took: { mount: 'bind', on: 'XFS on a loop file' } },
];

describe('every variant shows the tree that its image describes', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  before(async () => {
    setting = await openSetting('synthetic:files=60,layers=3,seed=variants');
  });
  after(() => setting.remove());

  for (const { id, fsType, took } of VARIANTS)
    test(id, async (t) => {
      const { needs, shows } = setting.backend(id);
      const unmet = needs.find(({ anyOf }) => !anyOf.some((feature) => setting.features[feature].ok));
      if (unmet !== undefined) return t.skip(`needs ${unmet.title}`);
      const proved = await setting.provedOn(id);
      assert.equal(proved.kind, 'proof');
      if (proved.kind !== 'proof') return;
      assert.equal(proved.proof.difference, null);
      assert.equal(proved.proof.equal, true);
      assert.equal(proved.proof.level, shows);
      // The type of the work file system, and that of libfuse mounts, depend on the machine.
      if (fsType !== 'ext4' && id !== 'composefs-fuse-reference') assert.equal(proved.proof.fsType, fsType);
      // It depends on the version of mkfs.erofs.
      const { filters, ...others } = proved.proof.took;
      assert.deepEqual(filters === undefined ? others : { ...others, filters: 'by the tool' }, took);
    });

  test('erofs-only lists exactly the names of the image', async () => {
    const { image, machine, store } = setting;
    const prepared = await setting.backend('erofs-only').prepare(image, machine, {});
    const created = await prepared.create(store, setting.folder('alone-image'));
    const mounted = await created.mount(setting.folder('alone-at'));
    const inRoot = readdirSync(mounted.root).length;
    await mounted.unmount();
    assert.equal(inRoot, image.tree.children(0).length);
  });

  test('the proof of erofs-only reports different metadata', async () => {
    const other = await openSetting('synthetic:files=60,layers=3,seed=another');
    try {
      const proved = await setting.provedOn('erofs-only', other.expected);
      assert.ok(proved.kind === 'proof' && !proved.proof.equal);
      assert.match(proved.proof.difference ?? '', /: expected .*, seen /);
    } finally {
      await other.remove();
    }
  });

  test('only erofs-overlay-loop-dio uses direct I/O', async () => {
    const { image, machine, store } = setting;
    for (const [id, direct] of [
      ['erofs-overlay-loop', 0],
      ['erofs-overlay-loop-dio', 1],
    ] as const) {
      const prepared = await setting.backend(id).prepare(image, machine, {});
      const dir = setting.folder(`${id}-image`);
      const created = await prepared.create(store, dir);
      const mounted = await created.mount(setting.folder(`${id}-at`));
      const listed = execFileSync('losetup', ['--json', '--list', '--output', 'BACK-FILE,DIO'], {
        encoding: 'utf8',
      });
      await mounted.unmount();
      await mounted.settle();
      await created.destroy();
      const { loopdevices } = JSON.parse(listed) as {
        readonly loopdevices: readonly { readonly 'back-file': string; readonly dio: boolean }[];
      };
      const own = loopdevices.find((device) => device['back-file'] === join(dir, 'image.cfs'));
      assert.equal(Number(own?.dio), direct, id);
    }
  });

  test('without direct I/O a direct loop device fails instead of being buffered', () => {
    const at = setting.folder('ramfs');
    setting.machine.mounts.attach(setting.machine.mounts.create('ramfs', [], []), at);
    try {
      const file = join(at, 'image');
      writeFileSync(file, setting.image.manifest);
      assert.throws(() => setting.machine.mounts.loop(file, { directIo: true }), { code: 'skip' });
      const buffered = setting.machine.mounts.loop(file, { directIo: false });
      setting.machine.files.close(buffered.fd);
    } finally {
      setting.machine.mounts.unmount(at, true);
    }
  });

  test('destroy removes the plain directory that create made', async () => {
    const { image, machine, store, workspace } = setting;
    const folder = join(store.layerDir, plainFolder(image));
    assert.ok(existsSync(folder), 'the proof left it in the full store');
    execFileSync('rm', ['-rf', folder]);
    const layers = readdirSync(store.layerDir);
    const prepared = await setting.backend('plain-directory').prepare(image, machine, {});
    const dir = workspace.slot('once').fresh('image');
    const created = await prepared.create(store, dir);
    assert.ok(existsSync(folder));
    await created.destroy();
    assert.deepEqual(readdirSync(store.layerDir), layers);
  });

  test('erofs-only and plain-directory refuse a writable layer', async () => {
    const { image, machine, store } = setting;
    for (const id of ['erofs-only', 'plain-directory']) {
      const prepared = await setting.backend(id).prepare(image, machine, {});
      const created = await prepared.create(store, setting.folder(`${id}-upper`));
      const [upper, work, at] = [1, 2, 3].map((n) => setting.folder(`${id}-${n}`)) as [
        string,
        string,
        string,
      ];
      await assert.rejects(created.mount(at, { upper, work }), { code: 'skip' });
    }
  });
});
