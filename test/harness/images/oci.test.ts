import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { filePieces } from '../../../harness/store/bulk.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { OciLayout, tarOf, uncompressed } from './oci-layouts.ts';
import { device, directory, fifo, inline, linesOf, link, stored, symlink, treeOf } from './trees.ts';

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
const zstd = (plain: Buffer): Buffer =>
  execFileSync('zstd', ['-q', '-c'], { input: plain, maxBuffer: 1 << 28 });

const BIG = contentBytes('oci', 0, 3_000_000);

describe('an OCI image layout', () => {
  let layout: OciLayout;
  beforeEach(() => {
    layout = new OciLayout();
  });
  afterEach(() => layout.remove());

  const kinds: readonly (readonly [string, (plain: Buffer) => Buffer])[] = [
    ['plain', (plain) => plain],
    ['gzip', (plain) => gzipSync(plain)],
    [
      'gzip in several members',
      (plain) => Buffer.concat([gzipSync(plain.subarray(0, 5000)), gzipSync(plain.subarray(5000))]),
    ],
    ['zstd', zstd],
  ];
  for (const [name, pack] of kinds)
    it(
      `gives the real contents of its layers (${name})`,
      name === 'zstd' && !hasZstd ? { skip: 'zstd is not installed' } : {},
      async () => {
        const tar = tarOf(
          { path: 'd/' },
          { path: 'd/big', contents: BIG },
          { path: 'small', contents: 'small' },
        );
        layout.add(layout.manifest([[pack(tar), tar]]));
        const image = await layout.open();
        assert.deepEqual(
          linesOf(image.tree),
          linesOf(
            treeOf({
              '': directory({ mtimeSec: 0n }),
              d: directory(),
              'd/big': stored(verityDigest(BIG), BIG.length),
              small: inline('small'),
            }),
          ),
        );
        const ref = image.content(image.tree, image.tree.find('/d/big')!);
        assert.ok(ref.kind === 'file');
        assert.deepEqual(Buffer.concat([...filePieces(ref.file, ref.offset, ref.sizeBytes)]), BIG);
        // Nothing is left if the process is killed now.
        assert.deepEqual(layout.spoolFolders(), []);
        await image.close();
      },
    );

  it('stacks its layers: whiteouts, opaque directories, hard links, devices, attributes', async () => {
    const image = await layout.openTars(
      tarOf(
        { path: './', mode: 0o755, mtimeSec: 7n },
        { path: './keep/', mode: 0o711 },
        { path: './keep/a', contents: 'a' },
        { path: './keep/gone', contents: 'g' },
        { path: './opaque/' },
        { path: './opaque/hidden', contents: 'h' },
        { path: './file', contents: 'f', xattrs: [['user.x', '\xff=']] },
        { path: './hard', type: '1', link: './file' },
      ),
      tarOf(
        { path: 'keep/.wh.gone' },
        { path: 'opaque/.wh..wh..opq' },
        { path: 'opaque/seen', contents: 's' },
        { path: 'dev', type: '3', major: 259, minor: 0x12345 },
        { path: 'pipe', type: '6' },
        { path: 'sym', type: '2', link: 'keep/a' },
        { path: 'keep/.wh..wh.aufs', contents: 'ignored' },
        { path: `new/${'deep/'.repeat(40)}\xff`, contents: 'n' },
      ),
    );
    const implied = { mtimeSec: 0n };
    const deep = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `new/${Array(i + 1)
          .fill('deep')
          .join('/')}`,
        directory(implied),
      ]),
    );
    assert.deepEqual(
      linesOf(image.tree),
      linesOf(
        treeOf({
          '': directory({ mtimeSec: 7n }),
          dev: device('char', (0x45 | (259 << 8) | (0x123 << 20)) >>> 0, { mode: 0o20644 }),
          file: inline('f', { nlink: 2, xattrs: [['user.x', '\xff=']] }),
          hard: link('/file'),
          // The second layer does not list `keep`, so the first layer's attributes stay.
          keep: directory({ mode: 0o40711 }),
          'keep/a': inline('a'),
          new: directory(implied),
          ...deep,
          [`new/${'deep/'.repeat(40)}\xff`]: inline('n'),
          opaque: directory(),
          'opaque/seen': inline('s'),
          pipe: fifo({ mode: 0o10644 }),
          sym: symlink('keep/a', { mode: 0o120777 }),
        }),
      ),
    );
    const upper = image.layers[1]!;
    assert.equal(upper.entry(upper.find('/keep/gone')!).mode, 0o20000);
    assert.deepEqual(upper.entry(upper.find('/opaque')!).xattrs, [['trusted.overlay.opaque', 'y']]);
    assert.equal(image.content(upper, upper.find('/opaque/seen')!).sizeBytes, 1);
  });

  it('takes the last of several members with one path, in any order of whiteout and entry', async () => {
    const base = tarOf({ path: 'x/' }, { path: 'x/old', contents: 'o' }, { path: 'y', contents: 'y' });
    const image = await layout.openTars(
      base,
      tarOf(
        { path: 'twice', contents: 'first' },
        { path: 'twice', contents: 'second' },
        { path: 'x/' },
        { path: 'x/new', contents: 'n' },
        { path: '.wh.x' },
        { path: '.wh.y' },
        { path: 'y', contents: 'z' },
        { path: 'file-then-dir', contents: 'f' },
        { path: 'file-then-dir/' },
        { path: 'linked', contents: 'l' },
        { path: 'link', type: '1', link: 'linked' },
        { path: 'link', contents: 'own' },
      ),
    );
    assert.deepEqual(
      linesOf(image.tree),
      linesOf(
        treeOf({
          '': directory({ mtimeSec: 0n }),
          'file-then-dir': directory(),
          link: inline('own'),
          linked: inline('l'),
          twice: inline('second'),
          x: directory(),
          'x/new': inline('n'),
          y: inline('z'),
        }),
      ),
    );
  });

  it('hides old entries of a directory that a whiteout replaces', async () => {
    const image = await layout.openTars(
      tarOf({ path: 'd/' }, { path: 'd/old', contents: 'o' }),
      tarOf({ path: '.wh.d' }, { path: 'd/new', contents: 'n' }),
    );
    assert.notEqual(image.tree.find('/d/new'), undefined);
    assert.equal(image.tree.find('/d/old'), undefined);
  });

  it('may lie in a folder with a colon in its name', async () => {
    layout.add(layout.manifest(uncompressed(tarOf({ path: 'a', contents: 'a' }))), 'tag');
    const moved = `${layout.path}/with:colon`;
    cpSync(layout.path, `${layout.path}-copy`, { recursive: true });
    renameSync(`${layout.path}-copy`, moved);
    assert.notEqual((await layout.open(`${moved}:tag`)).tree.find('/a'), undefined);
  });

  it('is chosen by tag and architecture, through nested indexes', async () => {
    const manifestOf = (name: string) => layout.manifest(uncompressed(tarOf({ path: name, contents: name })));
    const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const index = layout.json(
      {
        schemaVersion: 2,
        manifests: [
          { ...manifestOf('other'), platform: { os: 'linux', architecture: 's390x' } },
          { ...manifestOf('mine'), platform: { os: 'linux', architecture: arch } },
          { ...manifestOf('attestation'), platform: { os: 'unknown', architecture: 'unknown' } },
        ],
      },
      'application/vnd.oci.image.index.v1+json',
    );
    layout.add(index, 'v1:multi');
    layout.add(manifestOf('single'), 'v2');
    assert.notEqual((await layout.open(`${layout.path}:v1:multi`)).tree.find('/mine'), undefined);
    assert.notEqual((await layout.open(`${layout.path}:v2`)).tree.find('/single'), undefined);
    await assert.rejects(layout.open(`${layout.path}:v3`), /no image with this tag/);
    await assert.rejects(layout.open(), /several images/);
  });

  it('keeps absolute paths inside the layer', async () => {
    const image = await layout.openTars(
      tarOf({ path: '/etc/passwd', contents: 'x' }, { path: '//a//./b', contents: 'y' }),
    );
    assert.notEqual(image.tree.find('/etc/passwd'), undefined);
    assert.notEqual(image.tree.find('/a/b'), undefined);
  });
});
