import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openOci } from '../../../harness/images/oci.ts';
import { filePieces } from '../../../harness/store/bulk.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { OciLayout, type TestMember, tarOf, uncompressed } from './oci-layouts.ts';

const BIG = contentBytes('oci', 0, 3_000_000);

describe('openOci refuses a layout', () => {
  let layout: OciLayout;
  beforeEach(() => {
    layout = new OciLayout();
  });
  afterEach(() => layout.remove());

  const layerCases: readonly (readonly [string, TestMember[], RegExp])[] = [
    [
      'a hard link to a missing file above the root',
      [{ path: 'l', type: '1', link: '../../etc/passwd' }],
      /target of a hard link does not exist/,
    ],
    [
      'a hard link without target',
      [{ path: 'l', type: '1', link: 'nothing' }],
      /target of a hard link does not exist/,
    ],
    [
      'a hard link to a directory',
      [{ path: 'd/' }, { path: 'l', type: '1', link: 'd' }],
      /target of a hard link is a directory/,
    ],
    [
      'a path through a loop of symlinks',
      [
        { path: 's', type: '2', link: 't' },
        { path: 't', type: '2', link: 's' },
        { path: 's/passwd', contents: 'x' },
      ],
      /too many symlinks/,
    ],
    [
      'a path through a file',
      [
        { path: 'f', contents: 'f' },
        { path: 'f/x', contents: 'x' },
      ],
      /not a directory/,
    ],
    ['a name that is too long', [{ path: 'n'.repeat(256), contents: 'x' }], /more than 255 bytes/],
    ['a path that is too long', [{ path: 'n/'.repeat(3000), contents: '' }], /more than 4096 bytes/],
    ['a root that is a file', [{ path: './.', type: '0', contents: 'x' }], /root is not a directory/],
    ['a whiteout without a name', [{ path: '.wh.', contents: '' }], /whiteout has no name to hide/],
    ['a whiteout of ..', [{ path: 'd/.wh...', contents: '' }], /whiteout has no name to hide/],
    ['an empty symlink', [{ path: 's', type: '2', link: '' }], /empty or invalid target/],
  ];
  for (const [name, members, rule] of layerCases)
    it(`with a layer with ${name}`, async () => {
      layout.add(layout.manifest(uncompressed(tarOf(...members))));
      await layout.refuses('bad-layer', rule);
    });

  it('with a blob that does not match its digest', async () => {
    const manifest = layout.manifest(uncompressed(tarOf({ path: 'a', contents: 'a'.repeat(600) })));
    layout.add(manifest);
    for (const name of readdirSync(join(layout.path, 'blobs/sha256'))) {
      const path = join(layout.path, 'blobs/sha256', name);
      const bytes = Buffer.concat([...filePieces(path, 0, 20)]);
      if (bytes.toString('latin1', 0, 2) === 'a\0') {
        const whole = tarOf({ path: 'a', contents: 'b'.repeat(600) });
        writeFileSync(path, whole);
      }
    }
    await layout.refuses('bad-oci', /digest of a blob is wrong/);
  });

  it('with a configuration whose layer digests are wrong', async () => {
    const tar = tarOf({ path: 'a', contents: 'a' });
    layout.add(layout.manifest([[gzipSync(tar), tarOf({ path: 'b', contents: 'b' })]]));
    await layout.refuses('bad-oci', /digest of an uncompressed layer is wrong/);
  });

  it('and leaves no file open', async () => {
    const descriptors = (): string[] => readdirSync('/proc/self/fd');
    const good = tarOf({ path: 'f', contents: BIG });
    const bad = tarOf({ path: 'f/x', contents: '' }, { path: 'l', type: '1', link: 'nothing' });
    layout.add(
      layout.manifest([
        [gzipSync(good), good],
        [gzipSync(bad), bad],
      ]),
    );
    const before = descriptors();
    await layout.refuses('bad-layer', /target of a hard link/);
    assert.equal(descriptors().length, before.length);
    layout.write('index.json', { manifests: [layout.blob(Buffer.from('{'), 'x')] });
    await layout.refuses('bad-oci', /not JSON/);
    assert.equal(descriptors().length, before.length);
  });

  it('with a truncated compressed layer', async () => {
    const tar = tarOf({ path: 'a', contents: BIG });
    layout.add(layout.manifest([[gzipSync(tar).subarray(0, 50_000), tar]]));
    await layout.refuses('bad-layer', /cannot decompress a layer \(gzip\)/);
  });

  it('with an invalid zstd layer', async () => {
    const tar = tarOf({ path: 'a', contents: 'a' });
    layout.add(layout.manifest([[Buffer.from('28b52ffd00ffffffffffffffffffffff', 'hex'), tar]]));
    await layout.refuses('bad-layer', /cannot decompress a layer \(zstd\)/);
  });

  it('with a missing, short or long blob', async () => {
    const descriptor = layout.manifest(uncompressed(tarOf({ path: 'a' })));
    layout.add(descriptor);
    const path = join(layout.path, 'blobs', String(descriptor['digest']).replace(':', '/'));
    appendFileSync(path, ' ');
    await layout.refuses('bad-oci', /size of a blob differs/);
    truncateSync(path, 0);
    await layout.refuses('bad-oci', /size of a blob differs/);
    rmSync(path);
    await layout.refuses('bad-oci', /blob is missing/);
    assert.ok(!existsSync(path));
  });

  const indexes: readonly (readonly [string, string, RegExp])[] = [
    ['invalid JSON', '{', /not JSON/],
    ['no manifests', '{"manifests": []}', /index is empty/],
    ['manifests that are no list', '{"manifests": 3}', /'manifests' is not a list/],
    [
      'a digest with a path',
      '{"manifests":[{"digest":"sha256:../../../../etc/passwd","size":1}]}',
      /digest is not/,
    ],
    [
      'a path behind a digest',
      `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}:../x","size":1}]}`,
      /digest is not/,
    ],
    [
      'a digest with a newline',
      `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}\\n","size":1}]}`,
      /digest is not/,
    ],
    ['an unknown digest', `{"manifests":[{"digest":"md5:${'0'.repeat(32)}","size":1}]}`, /digest is not/],
    ['a negative size', `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}","size":-1}]}`, /no valid size/],
    ['a manifest of null', '{"manifests":[null]}', /digest is not/],
    ['a missing blob', `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}","size":1}]}`, /blob is missing/],
  ];
  for (const [name, text, rule] of indexes)
    it(`with an index of ${name}`, async () => {
      layout.write('index.json', text);
      await layout.refuses('bad-oci', rule);
    });

  for (const [name, layers] of [
    ['missing', undefined],
    ['null', null],
    ['an object', { '0': {} }],
  ] as const)
    it(`with a manifest whose layers are ${name}`, async () => {
      const config = layout.json({ rootfs: {} }, 'application/vnd.oci.image.config.v1+json');
      const manifest = { schemaVersion: 2, config, ...(layers === undefined ? {} : { layers }) };
      layout.add(layout.json(manifest, 'application/vnd.oci.image.manifest.v1+json'));
      await layout.refuses('bad-oci', /^bad OCI layout: 'layers' is not a list$/);
    });

  it('with digests of layers that are no list', async () => {
    const config = layout.json({ rootfs: { diff_ids: {} } }, 'application/vnd.oci.image.config.v1+json');
    const manifest = { schemaVersion: 2, config, layers: [] };
    layout.add(layout.json(manifest, 'application/vnd.oci.image.manifest.v1+json'));
    await layout.refuses('bad-oci', /^bad OCI layout: 'diff_ids' is not a list$/);
  });

  it('with endlessly nested indexes', async () => {
    let descriptor = layout.manifest(uncompressed(tarOf({ path: 'a' })));
    for (let depth = 0; depth < 6; depth++)
      descriptor = layout.json(
        { schemaVersion: 2, manifests: [descriptor] },
        'application/vnd.oci.image.index.v1+json',
      );
    layout.add(descriptor);
    await layout.refuses('bad-oci', /nested more than/);
  });

  it('that does not exist or has no version file', async () => {
    await assert.rejects(openOci('/nonexistent', 'oci:/nonexistent'), /OCI layout does not exist/);
    rmSync(join(layout.path, 'oci-layout'));
    layout.write('index.json', '{}');
    await layout.refuses('bad-oci', /file is missing/);
  });
});
