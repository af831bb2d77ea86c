// The bootstrap with blobs: extremes of the format, damaged and missing devices, sharing by layer, and other programs' opinion.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectBlobs, ingestBlobs } from '../../../harness/backends/blob-store.ts';
import { bootstrapBytes } from '../../../harness/erofs/bootstrap.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { openSource } from '../../../harness/images/registry.ts';
import type { MountOption } from '../../../harness/model/calls.ts';
import type { Image } from '../../../harness/model/image.ts';
import { blobLayers, bootstrapOf } from '../../../harness/store/blobs.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore } from '../../../harness/store/store.ts';
import { randomDump } from '../erofs/random-dump.ts';
import { walkMount } from '../support/walk-mount.ts';
import { needsRoot, privateMounts, temporaryFolder } from '../sys/support.ts';
import { openSetting, type Setting } from './setting.ts';

/** Directories of many blocks and of exactly one, targets around each threshold, shared and huge attributes. */
const extremes = (): string => {
  const lines = ['/ 4096 40755 2 0 0 0 7.000000001 - - - user.root=yes'];
  const many = Array.from({ length: 140 }, (_, i) => `user.many${i}=${i % 7}`).join(' ');
  for (const name of ['wide', 'links', 'full', 'files'])
    lines.push(`/${name} 4096 40755 2 70000 65536 0 9.5 - - - user.shared=directory`);
  for (let i = 0; i < 300; i++)
    lines.push(`/wide/${`${i}`.padEnd((i % 255) + 1, 'n')} 0 100644 1 0 0 0 7.0 - - -`);
  // `.`, `..` and these fill a block of 512 bytes to the last: 13 + 14 + 2 * 24 + 12 * (12 + 3) + 257.
  for (let i = 0; i < 2; i++) lines.push(`/full/${'m'.repeat(11)}${i} 0 100644 1 0 0 0 7.0 - - -`);
  for (let i = 10; i < 22; i++) lines.push(`/full/a${i} 0 100644 1 0 0 0 7.0 - - -`);
  lines.push(`/full/${'z'.repeat(245)} 0 100644 1 0 0 0 7.0 - - -`);
  for (const length of [1, 31, 415, 416, 447, 448, 479, 480, 511, 512, 513, 1024, 4095])
    lines.push(
      `/links/to${length} ${length} 120777 1 0 0 0 8.0 ${'t'.repeat(length)} - - user.l=${'v'.repeat(length % 600)}`,
    );
  for (const size of [1, 511, 512, 513, 4095, 4096, 4097, 100_000]) {
    lines.push(`/files/f${size} ${size} 104711 1 1 1 0 -3.25 aa/${size} - - user.shared=file`);
    lines.push(`/files/g${size} ${size} @100644 1 0 0 0 0.0 /files/f${size} - -`);
  }
  lines.push(
    '/files/inline 5 100644 1 0 0 0 7.0 - hello -',
    `/files/many 9 100644 1 0 0 0 7.0 aa/m - - ${many}`,
  );
  lines.push(`/files/big 9 100644 1 0 0 0 7.0 aa/b - - user.big=${'x'.repeat(3000)}`);
  return `${lines.join('\n')}\n`;
};

const NEWER = 'needs fsck.erofs and mkfs.erofs of erofs-utils 1.8 or later';

/** A merged image of mkfs.erofs has a root of its own, with mode 0777 and the time of its making. */
const belowRoot = (listing: string): readonly string[] =>
  readFileSync(listing, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('/\t'));

/** Whether a tool of erofs-utils reads blocks of 512 bytes. */
const isRecent = (tool: string): boolean => {
  const { stdout } = spawnSync(tool, ['-V'], { encoding: 'utf8' });
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return Number(major) > 1 || Number(minor) >= 8;
};

describe('EROFS bootstrap + blobs', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  before(async () => {
    setting = await openSetting('synthetic:files=80,layers=3,seed=blobs');
  });
  after(() => setting.remove());

  const missing = (): boolean => !setting.features['erofs-devices'].ok;

  const life = async (name: string, use: (mounted: { at: string; dir: string }) => void): Promise<void> => {
    const { image, machine, store } = setting;
    const prepared = await setting.backend('erofs-blobs').prepare(image, machine, {});
    await prepared.ingest(store);
    const dir = setting.folder(`${name}-image`);
    const created = await prepared.create(store, dir);
    const at = setting.folder(`${name}-at`);
    const mounted = await created.mount(at);
    try {
      use({ at, dir });
    } finally {
      await mounted.unmount();
      await mounted.settle();
      await created.destroy();
    }
  };

  const blobFolder = (): string => join(dirname(setting.store.objectDirs[0]!), 'blobs');

  /** The largest file of the image, and where its bytes lie. */
  const victim = () => {
    const { tree, layers } = setting.image;
    let found = 0;
    for (let index = 1; index < tree.count; index++)
      if (
        tree.entry(index).digest !== null &&
        tree.entry(index).size > tree.entry(found).size * BigInt(Number(found > 0))
      )
        found = index;
    return { path: tree.path(found), layers };
  };

  test('a mount shows a tree of extreme names, sizes and attributes unchanged', async (t) => {
    if (missing()) return t.skip('needs EROFS with devices that are files');
    const dump = join(temporaryFolder(t), 'extremes.dump');
    writeFileSync(dump, extremes());
    const rich = await openSetting(`dump:${dump}`);
    try {
      const proved = await rich.provedOn('erofs-blobs');
      assert.ok(proved.kind === 'proof');
      assert.equal(proved.proof.difference, null);
      assert.equal(proved.proof.equal, true);
    } finally {
      await rich.remove();
    }
  });

  test('a changed blob is served silently, a truncated one gives EIO', async (t) => {
    if (missing()) return t.skip('needs EROFS with devices that are files');
    const { path } = victim();
    let original = Buffer.alloc(0);
    await life('whole', ({ at }) => {
      original = readFileSync(at + path);
    });
    const holder = readdirSync(blobFolder())
      .map((name) => join(blobFolder(), name))
      .find((blob) => readFileSync(blob).includes(original))!;
    const bytes = readFileSync(holder);
    const changed = Buffer.from(bytes);
    changed[changed.indexOf(original)]! ^= 0xff;
    try {
      writeFileSync(holder, changed);
      await life('changed', ({ at }) => {
        const seen = readFileSync(at + path);
        assert.equal(seen.length, original.length);
        assert.notDeepEqual(seen, original);
        assert.deepEqual(seen.subarray(1), original.subarray(1));
      });
      truncateSync(holder, 512);
      await life('short', ({ at }) => assert.throws(() => readFileSync(at + path), { code: 'EIO' }));
    } finally {
      writeFileSync(holder, bytes);
    }
  });

  test('without devices reading contents gives EIO; a mount that lacks one device is refused', async (t) => {
    if (missing()) return t.skip('needs EROFS with devices that are files');
    const { image, machine } = setting;
    const file = join(setting.folder('alone-boot'), 'image.erofs');
    writeFileSync(file, bootstrapOf(image));
    const paths = blobLayers(image).map(({ tarPath }) => tarPath);
    const mount = (blobs: readonly string[]) =>
      machine.mounts.create(
        'erofs',
        [['source', file], ...blobs.map((blob): MountOption => ['device', blob])],
        ['ro'],
      );
    assert.throws(() => mount(paths.slice(1)), { code: 'EINVAL' });
    const at = setting.folder('alone-boot-at');
    machine.mounts.attach(mount([]), at);
    try {
      assert.equal(readdirSync(at).length, image.tree.children(0).length);
      assert.throws(() => readFileSync(at + victim().path), { code: 'EIO' });
    } finally {
      machine.mounts.unmount(at);
    }
  });

  test('ingest adds only missing layers, collect removes those that no kept image has', () => {
    const { image, machine, workspace } = setting;
    const other: Image = { ...image, layers: image.layers.slice(0, 2) };
    const dir = workspace.slot('sharing').fresh('store');
    const store = createStore({ state: 'empty', dir, files: machine.files });
    const names = (): readonly string[] => readdirSync(join(dir, 'blobs')).sort();
    ingestBlobs(machine, other, store, 'trusted');
    const base = names();
    assert.deepEqual(base, other.layers.map(({ id }) => id).sort());
    ingestBlobs(machine, image, store, 'digested');
    assert.deepEqual(names(), image.layers.map(({ id }) => id).sort());
    collectBlobs(machine, store, [other]);
    assert.deepEqual(names(), base);
    collectBlobs(machine, store, []);
    assert.deepEqual(readdirSync(dir), ['layers']);
  });

  test('a digested ingest refuses a layer with other bytes and leaves nothing', () => {
    const { image, machine, workspace } = setting;
    const [layer] = image.layers;
    const tarPath = join(setting.folder('wrong'), 'layer.tar');
    writeFileSync(tarPath, 'other bytes');
    const wrong: Image = { ...image, layers: [{ ...layer!, tarPath }] };
    const dir = workspace.slot('wrong').fresh('store');
    const store = createStore({ state: 'empty', dir, files: machine.files });
    assert.throws(() => ingestBlobs(machine, wrong, store, 'digested'), { code: 'wrong-digest' });
    assert.deepEqual(readdirSync(join(dir, 'blobs')), []);
  });

  test('mkfs.erofs makes an image of the same layers that shows the same tree', async (t) => {
    if (missing() || !isRecent('mkfs.erofs')) return t.skip(NEWER);
    const { image, machine, expected } = setting;
    const dir = setting.folder('mkfs');
    const paths = blobLayers(image).map(({ tarPath }) => tarPath);
    const run = (...args: string[]): void => {
      const { status, stderr } = spawnSync('mkfs.erofs', args, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    const parts = paths.map((_, i) => join(dir, `part-${i}`));
    for (const [i, path] of paths.entries()) run('--quiet', '--tar=i', parts[i]!, path);
    run('--quiet', '--ovlfs-strip=1', join(dir, 'merged'), ...parts);
    const devices = paths.map((path): MountOption => ['device', path]);
    const at = setting.folder('mkfs-at');
    machine.mounts.attach(
      machine.mounts.create('erofs', [['source', join(dir, 'merged')], ...devices], ['ro']),
      at,
    );
    try {
      await walkMount(at, {
        timeoutMs: 60_000,
        listingPath: join(dir, 'listing'),
        contents: true,
        bare: false,
        selinux: false,
        trusted: true,
      });
      const right = belowRoot(expected.listingPath);
      const wrong = belowRoot(join(dir, 'listing')).filter((line, i) => line !== right[i]);
      assert.deepEqual(wrong.slice(0, 3), []);
    } finally {
      machine.mounts.unmount(at);
    }
  });

  test('fsck.erofs accepts the bootstrap and reads every file', async (t) => {
    if (!isRecent('fsck.erofs')) return t.skip(NEWER);
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'extremes.dump'), extremes());
    const specs = [
      `dump:${folder}/extremes.dump`,
      'synthetic:files=300,layers=6,seed=checked',
      'fixture:debian-12-certs',
    ];
    for (const [i, spec] of specs.entries()) {
      const source = await openSource(spec);
      const image = await prepareImage(source, {
        dir: join(folder, `${i}`),
        objectDir: join(folder, `o${i}`),
      });
      await source.close();
      writeFileSync(join(folder, 'boot'), bootstrapOf(image));
      const devices = blobLayers(image).map(({ tarPath }) => `--device=${tarPath}`);
      const { status, stdout, stderr } = spawnSync(
        'fsck.erofs',
        [...devices, '--extract', join(folder, 'boot')],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, `${spec}: ${stdout}${stderr}`);
    }
  });
});

test('random trees are written twice to the same bytes, and no inode lies outside the image', () => {
  for (let seed = 0; seed < 60; seed++) {
    const tree = parseDump(Buffer.from(`${randomDump(`blobs ${seed}`).join('\n')}\n`, 'latin1'));
    const parts = {
      devices: [{ tag: 'ab'.repeat(32), bytes: 1_000_000 }],
      extent: (index: number) => ({ device: 0, offset: 512 * index }),
    };
    const bytes = Buffer.from(bootstrapBytes(tree, parts));
    assert.deepEqual(Buffer.from(bootstrapBytes(tree, parts)), bytes);
    assert.equal(bytes.length, 512 * bytes.readUInt32LE(1024 + 36));
    assert.equal(bytes.toString('latin1', 1152, 1216), 'ab'.repeat(32));
    assert.equal(bytes.readUInt32LE(1152 + 68), bytes.length / 512, 'the device follows the image');
  }
});

test('contents that begin inside a block, and blobs beyond 2^32 blocks, are refused', () => {
  const tree = parseDump(Buffer.from('/ 4096 40755 2 0 0 0 0.0 - - -\n/f 9 100644 1 0 0 0 0.0 aa/b - -\n'));
  const write = (bytes: number, offset: number) =>
    bootstrapBytes(tree, { devices: [{ tag: 'a', bytes }], extent: () => ({ device: 0, offset }) });
  assert.doesNotThrow(() => write(1024, 512));
  assert.throws(() => write(1024, 100), /inside a block/);
  assert.throws(() => write(2 ** 41, 512), /too large for the format/);
});
