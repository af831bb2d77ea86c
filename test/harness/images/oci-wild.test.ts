// Layouts as they are found in the wild: each is made here, small.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Tree } from '../../../harness/model/tree.ts';
import { partPieces } from '../../../harness/store/bulk.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { listing } from './listing.ts';
import { OciLayout, type TestMember, tarOf, uncompressed } from './oci-layouts.ts';

const BIG = contentBytes('wild', 0, 3000);

describe('a layer', () => {
  let layout: OciLayout;
  beforeEach(() => {
    layout = new OciLayout();
  });
  afterEach(() => layout.remove());

  const opened = async (...layers: readonly (readonly TestMember[])[]): Promise<Tree> =>
    (await layout.openTars(...layers.map((members) => tarOf(...members)))).tree;

  it('puts entries behind its own symlinks where those lead inside the root', async () => {
    const tree = await opened([
      { path: 'usr/lib64/' },
      { path: 'lib64', type: '2', link: 'usr/lib64' },
      { path: 'abs', type: '2', link: '/../usr/./lib64' },
      { path: 'usr/up', type: '2', link: '../../../usr' },
      { path: 'gone', type: '2', link: 'not/there' },
      { path: 'lib64/a', contents: 'a' },
      { path: 'abs/b', contents: 'b' },
      { path: 'usr/up/lib64/c', contents: 'c' },
      { path: 'gone/d', contents: 'd' },
      { path: 'lib64/.wh.b' },
      { path: 'h', type: '1', link: 'abs/a' },
    ]);
    assert.deepEqual(listing(tree), [
      'abs -> /../usr/./lib64',
      'gone -> not/there',
      'h',
      'lib64 -> usr/lib64',
      'not/',
      'not/there/',
      'not/there/d',
      'usr/',
      'usr/lib64/',
      'usr/lib64/a = h',
      'usr/lib64/b',
      'usr/lib64/c',
      'usr/up -> ../../../usr',
    ]);
  });

  it('does not follow symlinks of lower layers', async () => {
    const tree = await opened(
      [{ path: 'lib', type: '2', link: 'usr/lib' }, { path: 'usr/lib/' }],
      [{ path: 'lib/a', contents: 'a' }],
    );
    assert.deepEqual(listing(tree), ['lib/', 'lib/a', 'usr/', 'usr/lib/']);
  });

  it('links to a file of a lower layer, with its attributes and contents', async () => {
    const image = await layout.openTars(
      tarOf({ path: 'etc/conf', contents: BIG, mode: 0o640, gid: 7 }, { path: 'etc/gone', contents: 'x' }),
      tarOf({ path: 'etc/.wh.gone' }, { path: 'other', contents: 'o' }),
      tarOf({ path: 'opt/conf', type: '1', link: 'etc/conf' }),
    );
    assert.deepEqual(listing(image.tree), ['etc/', 'etc/conf', 'opt/', 'opt/conf = etc/conf', 'other']);
    const index = image.tree.find('/etc/conf')!;
    const { mode, gid, nlink } = image.tree.entry(index);
    assert.deepEqual([mode & 0o7777, gid, nlink], [0o640, 7, 2]);
    const ref = image.content(image.tree, index);
    assert.ok(ref.kind === 'file');
    assert.deepEqual(Buffer.concat([...partPieces(ref)]), BIG);
  });

  it('cannot link to a file that a lower layer removed', async () => {
    layout.add(
      layout.manifest(
        uncompressed(
          tarOf({ path: 'a', contents: 'a' }),
          tarOf({ path: '.wh.a' }),
          tarOf({ path: 'b', type: '1', link: 'a' }),
        ),
      ),
    );
    await layout.refuses('bad-layer', /the target of a hard link does not exist: a/);
  });

  for (const [how, hiding] of [
    ['an opaque marker', [{ path: 'a/' }, { path: 'a/.wh..wh..opq' }]],
    ['a whiteout', [{ path: '.wh.a' }, { path: 'a/' }]],
    ['a whiteout in a directory above it', [{ path: '.wh.a' }, { path: 'a/b/c/' }, { path: 'a/b/' }]],
    ['an opaque marker in the root', [{ path: '.wh..wh..opq' }, { path: 'a/' }]],
  ] as const)
    it(`cannot link to a file that it hides by ${how}`, async () => {
      const link = { path: 'h', type: '1', link: 'a/b/f' } as const;
      const lower = tarOf({ path: 'a/b/f', contents: 'a' });
      layout.add(layout.manifest(uncompressed(lower, tarOf(...hiding, link))));
      await layout.refuses('bad-layer', /the target of a hard link does not exist: a\/b\/f/);
    });

  it('counts the names that files have at its end', async () => {
    const { tree } = await layout.openTars(
      tarOf(
        { path: 'f', contents: '1' },
        { path: 'g', type: '1', link: 'f' },
        { path: 'f/' },
        { path: 'd/f', contents: '2' },
        { path: 'h', type: '1', link: 'd/f' },
        { path: 'd', contents: '3' },
        { path: 'i', contents: '4' },
        { path: 'j', type: '1', link: 'i' },
      ),
    );
    const counts = ['/g', '/h', '/i'].map(
      (path) => tree.entry([...Array(tree.count).keys()].find((at) => tree.path(at) === path)!).nlink,
    );
    assert.deepEqual(counts, [1, 1, 2]);
  });

  it('without entries may contain only zero bytes', async () => {
    assert.deepEqual(listing((await layout.openTars(Buffer.alloc(0), Buffer.alloc(10_240))).tree), []);
    const zerosFirst = Buffer.alloc(1 << 21);
    zerosFirst.write('EROFS', 1 << 20);
    const other = new OciLayout();
    other.add(other.manifest(uncompressed(zerosFirst)));
    await other.refuses('bad-tar', /has no entries but is not empty/);
    await other.remove();
  });

  it('of another media type is refused by name', async () => {
    const tar = tarOf({ path: 'a', contents: 'a' });
    for (const [type, ok] of [
      ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', true],
      ['application/vnd.docker.image.rootfs.diff.tar.gzip', true],
      ['application/vnd.erofs', false],
      ['application/vnd.oci.image.layer.v1.tar+xz', false],
    ] as const) {
      const own = new OciLayout();
      own.add(own.manifest(uncompressed(tar), type));
      if (ok) assert.deepEqual(listing((await own.open()).tree), ['a']);
      else await own.refuses('bad-oci', new RegExp(`a layer is no tar: ${type.replace(/[.+]/g, '\\$&')}`));
      await own.remove();
    }
  });

  it('may be followed by zero bytes after gzip, but by no other data', async () => {
    const tar = tarOf({ path: 'a', contents: BIG });
    const padded = Buffer.concat([gzipSync(tar), Buffer.alloc(3 << 20)]);
    layout.add(layout.manifest([[padded, tar]]));
    assert.deepEqual(listing((await layout.open()).tree), ['a']);
    for (const [bytes, rule] of [
      [Buffer.concat([padded, Buffer.from('x')]), /other data follows the last gzip member/],
      [Buffer.concat([gzipSync(tar), Buffer.from('xyz')]), /incorrect header check/],
    ] as const) {
      const own = new OciLayout();
      own.add(own.manifest([[bytes, tar]]));
      await assert.rejects(own.open(), (error: Error & { facts?: readonly string[] }) => {
        assert.match(error.message, /cannot decompress a layer \(gzip\)/);
        assert.match(error.facts?.join(' ') ?? '', rule);
        return true;
      });
      await own.remove();
    }
  });
});

describe('sparse files of pax archives', () => {
  const hasTar = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU') ?? false;
  for (const version of ['0.0', '0.1', '1.0'])
    it(`are read in format ${version}`, { skip: hasTar ? false : 'GNU tar is not installed' }, async () => {
      const layout = new OciLayout();
      const made = spawnSync(
        'sh',
        [
          '-c',
          `mkdir s && cd s && truncate -s 300000 hole && printf start >mixed && truncate -s 1M mixed && printf end >>mixed && printf data >data && truncate -s 2M data && tar --format=pax --sparse --sparse-version=${version} -cf ../tar hole mixed data && cat ../tar`,
        ],
        { cwd: layout.path, maxBuffer: 1 << 24 },
      );
      assert.equal(made.status, 0, made.stderr.toString());
      const image = await layout.openTars(made.stdout);
      const bytesOf = (path: string): Buffer => {
        const ref = image.content(image.tree, image.tree.find(path)!);
        assert.ok(ref.kind === 'file');
        return Buffer.concat([...partPieces(ref)]);
      };
      const expected = (size: number, ...parts: readonly (readonly [number, string])[]): Buffer => {
        const whole = Buffer.alloc(size);
        for (const [at, text] of parts) whole.write(text, at);
        return whole;
      };
      assert.deepEqual(bytesOf('/hole'), expected(300_000));
      assert.deepEqual(bytesOf('/mixed'), expected((1 << 20) + 3, [0, 'start'], [1 << 20, 'end']));
      assert.deepEqual(bytesOf('/data'), expected(1 << 21, [0, 'data']));
      assert.deepEqual(listing(image.tree), ['data', 'hole', 'mixed']);
      await layout.remove();
    });
});

describe('an image of a layout', () => {
  let layout: OciLayout;
  beforeEach(() => {
    layout = new OciLayout();
  });
  afterEach(() => layout.remove());
  const imageOf = (name: string) => layout.manifest(uncompressed(tarOf({ path: name, contents: name })));

  it('may have no layers', async () => {
    layout.add(layout.manifest([]));
    assert.deepEqual(listing((await layout.open()).tree), []);
  });

  it('is the tagged image if the others have no tag', async () => {
    layout.add(imageOf('tagged'), 'v1');
    layout.add(imageOf('untagged'));
    assert.deepEqual(listing((await layout.open()).tree), ['tagged']);
  });

  it('is named by tag, by the name of containerd, or by digest; an ambiguous tag is refused with both', async () => {
    const [first, second] = [imageOf('first'), imageOf('second')];
    const name = 'docker.io/library/second:latest';
    layout.add(first, 'latest');
    layout.add(second, 'latest', undefined, { 'io.containerd.image.name': name });
    assert.deepEqual(listing((await layout.open(`${layout.path}:${name}`)).tree), ['second']);
    assert.deepEqual(listing((await layout.open(`${layout.path}@${first['digest']}`)).tree), ['first']);
    await assert.rejects(
      layout.open(`${layout.path}:latest`),
      (error: Error & { facts?: readonly string[] }) => {
        assert.match(error.message, /the tag names several images/);
        const facts = error.facts?.join('\n') ?? '';
        for (const one of [first, second]) assert.ok(facts.includes(String(one['digest'])), facts);
        return true;
      },
    );
    await assert.rejects(layout.open(`${layout.path}@sha256:${'0'.repeat(64)}`), /no image with this digest/);
  });

  it('is checked with the digest algorithm of its diff ids', async () => {
    const tar = tarOf({ path: 'a', contents: 'a' });
    const diffId = `sha512:${createHash('sha512').update(tar).digest('hex')}`;
    layout.add(layout.manifest(uncompressed(tar), undefined, [diffId]));
    assert.deepEqual(listing((await layout.open()).tree), ['a']);
    const own = new OciLayout();
    own.add(own.manifest(uncompressed(tar), undefined, [`sha512:${'0'.repeat(128)}`]));
    await own.refuses('bad-oci', /digest of an uncompressed layer is wrong/);
    await own.remove();
  });

  it('is refused if a blob is a symlink', async () => {
    layout.add(imageOf('a'));
    const folder = join(layout.path, 'blobs', 'sha256');
    const blob = join(folder, readdirSync(folder)[0]!);
    unlinkSync(blob);
    symlinkSync(join(layout.path, 'index.json'), blob);
    await layout.refuses('bad-oci', /symlink/);
  });
});
