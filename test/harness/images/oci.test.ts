import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openOci } from '../../../harness/images/oci.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { filePieces } from '../../../harness/store/bulk.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { Layout, type Member, tarOf } from './oci-layouts.ts';
import { device, directory, fifo, inline, linesOf, link, stored, symlink, treeOf } from './trees.ts';

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
const zstd = (plain: Buffer): Buffer =>
  execFileSync('zstd', ['-q', '-c'], { input: plain, maxBuffer: 1 << 28 });
const plainly = (...tars: Buffer[]): (readonly [Buffer, Buffer])[] => tars.map((tar) => [tar, tar]);

const BIG = contentBytes('oci', 0, 3_000_000);

describe('an OCI image layout', () => {
  let layout: Layout;
  let opened: SourceImage[];
  beforeEach(() => {
    layout = new Layout();
    opened = [];
  });
  afterEach(async () => {
    for (const image of opened) await image.close();
    rmSync(layout.path, { recursive: true, force: true });
  });
  const open = async (spec = layout.path): Promise<SourceImage> => {
    const image = await openOci(spec, `oci:${spec}`, { spoolDir: layout.path });
    opened.push(image);
    return image;
  };
  const openTars = async (...tars: Buffer[]): Promise<SourceImage> => {
    layout.add(layout.manifest(plainly(...tars)));
    return open();
  };
  const refused = async (code: string, rule: RegExp): Promise<void> => {
    await assert.rejects(open(), (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.stack ?? '');
      assert.match(error.message, rule);
      return true;
    });
    assert.deepEqual(
      readdirSync(layout.path).filter((name) => name.startsWith('cfsbench')),
      [],
    );
  };

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
        const image = await open();
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
        assert.deepEqual(Buffer.concat([...filePieces(ref.path, ref.offset, ref.sizeBytes)]), BIG);
        await image.close();
        assert.deepEqual(
          readdirSync(layout.path).filter((file) => file.startsWith('cfsbench')),
          [],
        );
      },
    );

  it('stacks its layers: whiteouts, opaque directories, hard links, devices, attributes', async () => {
    const image = await openTars(
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
          // The second layer does not list it: it keeps what the first says.
          keep: directory({ mode: 0o40711 }),
          'keep/a': inline('a'),
          new: directory(implied),
          ...deep,
          [`new/${'deep/'.repeat(40)}\xff`]: inline('n'),
          opaque: directory(),
          'opaque/seen': inline('s'),
          pipe: fifo({ mode: 0o10644 }),
          sym: symlink('keep/a', { mode: 0o120644 }),
        }),
      ),
    );
    const upper = image.layers[1]!;
    assert.equal(upper.entry(upper.find('/keep/gone')!).mode, 0o20000);
    assert.deepEqual(upper.entry(upper.find('/opaque')!).xattrs, [['trusted.overlay.opaque', 'y']]);
    assert.equal(image.content(upper, upper.find('/opaque/seen')!).sizeBytes, 1);
  });

  it('takes the last of several members with one path, and every order of whiteout and entry', async () => {
    const base = tarOf({ path: 'x/' }, { path: 'x/old', contents: 'o' }, { path: 'y', contents: 'y' });
    const image = await openTars(
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

  it('hides what a whiteout names also where new entries follow below it', async () => {
    const image = await openTars(
      tarOf({ path: 'd/' }, { path: 'd/old', contents: 'o' }),
      tarOf({ path: '.wh.d' }, { path: 'd/new', contents: 'n' }),
    );
    assert.notEqual(image.tree.find('/d/new'), undefined);
    assert.equal(image.tree.find('/d/old'), undefined);
  });

  it('may lie in a folder with a colon in its name', async () => {
    layout.add(layout.manifest(plainly(tarOf({ path: 'a', contents: 'a' }))), 'tag');
    const moved = `${layout.path}/with:colon`;
    cpSync(layout.path, `${layout.path}-copy`, { recursive: true });
    renameSync(`${layout.path}-copy`, moved);
    assert.notEqual((await open(`${moved}:tag`)).tree.find('/a'), undefined);
  });

  it('is chosen by tag, through nested indexes, for this machine', async () => {
    const manifestOf = (name: string) => layout.manifest(plainly(tarOf({ path: name, contents: name })));
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
    assert.notEqual((await open(`${layout.path}:v1:multi`)).tree.find('/mine'), undefined);
    assert.notEqual((await open(`${layout.path}:v2`)).tree.find('/single'), undefined);
    await assert.rejects(open(`${layout.path}:v3`), /no such tag/);
    await assert.rejects(open(), /more than one image/);
  });

  const layerCases: readonly (readonly [string, Member[], RegExp])[] = [
    ['refused-dotdot', [{ path: 'a/../../etc/passwd', contents: 'x' }], /leads out of the layer/],
    ['refused-dotdot-link', [{ path: 'l', type: '1', link: '../../etc/passwd' }], /leads out of the layer/],
    ['refused-link-to-nothing', [{ path: 'l', type: '1', link: 'nothing' }], /which the layer does not have/],
    [
      'refused-link-to-directory',
      [{ path: 'd/' }, { path: 'l', type: '1', link: 'd' }],
      /hard link to a directory/,
    ],
    [
      'refused-through-symlink',
      [
        { path: 's', type: '2', link: '/etc' },
        { path: 's/passwd', contents: 'x' },
      ],
      /not a directory/,
    ],
    [
      'refused-through-file',
      [
        { path: 'f', contents: 'f' },
        { path: 'f/x', contents: 'x' },
      ],
      /not a directory/,
    ],
    ['refused-long-name', [{ path: 'n'.repeat(256), contents: 'x' }], /more than 255 bytes/],
    ['refused-long-path', [{ path: 'n/'.repeat(3000), contents: '' }], /more than 4096 bytes/],
    ['refused-root-file', [{ path: './.', type: '0', contents: 'x' }], /root is not a directory/],
    ['refused-empty-whiteout', [{ path: '.wh.', contents: '' }], /whiteout hides nothing/],
    ['refused-dotdot-whiteout', [{ path: 'd/.wh...', contents: '' }], /whiteout hides nothing/],
    ['refused-empty-symlink', [{ path: 's', type: '2', link: '' }], /no usable target/],
  ];
  for (const [verdict, members, rule] of layerCases)
    it(`is ${verdict.replaceAll('-', ' ')}`, async () => {
      layout.add(layout.manifest(plainly(tarOf(...members))));
      await refused('bad-layer', rule);
    });

  it('stays inside the layer where a path begins with a slash', async () => {
    const image = await openTars(
      tarOf({ path: '/etc/passwd', contents: 'x' }, { path: '//a//./b', contents: 'y' }),
    );
    assert.notEqual(image.tree.find('/etc/passwd'), undefined);
    assert.notEqual(image.tree.find('/a/b'), undefined);
  });

  it('is refused where a blob is not what its digest says', async () => {
    const manifest = layout.manifest(plainly(tarOf({ path: 'a', contents: 'a'.repeat(600) })));
    layout.add(manifest);
    for (const name of readdirSync(join(layout.path, 'blobs/sha256'))) {
      const path = join(layout.path, 'blobs/sha256', name);
      const bytes = Buffer.concat([...filePieces(path, 0, 20)]);
      if (bytes.toString('latin1', 0, 2) === 'a\0') {
        const whole = tarOf({ path: 'a', contents: 'b'.repeat(600) });
        writeFileSync(path, whole);
      }
    }
    await refused('bad-oci', /another digest/);
  });

  it('is refused where the configuration names other contents', async () => {
    const tar = tarOf({ path: 'a', contents: 'a' });
    layout.add(layout.manifest([[gzipSync(tar), tarOf({ path: 'b', contents: 'b' })]]));
    await refused('bad-oci', /uncompressed layer has another digest/);
  });

  it('is refused where a compressed layer is cut short', async () => {
    const tar = tarOf({ path: 'a', contents: BIG });
    layout.add(layout.manifest([[gzipSync(tar).subarray(0, 50_000), tar]]));
    await refused('bad-layer', /cannot be decompressed \(gzip\)/);
  });

  it('is refused where a zstd layer is garbage', async () => {
    const tar = tarOf({ path: 'a', contents: 'a' });
    layout.add(layout.manifest([[Buffer.from('28b52ffd00ffffffffffffffffffffff', 'hex'), tar]]));
    await refused('bad-layer', /cannot be decompressed \(zstd\)/);
  });

  it('is refused where a blob is missing, short or long', async () => {
    const descriptor = layout.manifest(plainly(tarOf({ path: 'a' })));
    layout.add(descriptor);
    const path = join(layout.path, 'blobs', String(descriptor['digest']).replace(':', '/'));
    appendFileSync(path, ' ');
    await refused('bad-oci', /another size/);
    truncateSync(path, 0);
    await refused('bad-oci', /another size/);
    rmSync(path);
    await refused('bad-oci', /blob is missing/);
    assert.ok(!existsSync(path));
  });

  const indexes: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{', /not JSON/],
    ['no list', '{"manifests": 3}', /index is empty/],
    [
      'a digest that leads elsewhere',
      '{"manifests":[{"digest":"sha256:../../../../etc/passwd","size":1}]}',
      /digest is not/,
    ],
    ['an unknown digest', `{"manifests":[{"digest":"md5:${'0'.repeat(32)}","size":1}]}`, /digest is not/],
    ['a size that is none', `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}","size":-1}]}`, /usable size/],
    ['a manifest of null', '{"manifests":[null]}', /digest is not/],
    [
      'a blob that is not there',
      `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}","size":1}]}`,
      /blob is missing/,
    ],
  ];
  for (const [name, text, rule] of indexes)
    it(`is refused where its index is ${name}`, async () => {
      layout.write('index.json', text);
      await refused('bad-oci', rule);
    });

  it('is refused where an index contains itself without end', async () => {
    let descriptor = layout.manifest(plainly(tarOf({ path: 'a' })));
    for (let depth = 0; depth < 6; depth++)
      descriptor = layout.json(
        { schemaVersion: 2, manifests: [descriptor] },
        'application/vnd.oci.image.index.v1+json',
      );
    layout.add(descriptor);
    await refused('bad-oci', /nested more than/);
  });

  it('is refused where it is none', async () => {
    await assert.rejects(openOci('/nonexistent', 'oci:/nonexistent'), /no such OCI layout/);
    rmSync(join(layout.path, 'oci-layout'));
    layout.write('index.json', '{}');
    await refused('bad-oci', /file is missing/);
  });
});
