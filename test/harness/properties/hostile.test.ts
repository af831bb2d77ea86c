import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describeError } from '../../../harness/cli/print-error.ts';
import { inspectImage } from '../../../harness/erofs/inspect.ts';
import { objectPaths, objectSizes } from '../../../harness/erofs/objects.ts';
import { readImage } from '../../../harness/erofs/read-image.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { gunzipped, isDamage, unzstd } from '../../../harness/images/decompress.ts';
import { printDump } from '../../../harness/images/dump-print.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { readLayer } from '../../../harness/images/layer-tree.ts';
import { flatten } from '../../../harness/images/layers.ts';
import { withLayer } from '../../../harness/images/lower-directories.ts';
import { readTar } from '../../../harness/images/tar-reader.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Tree } from '../../../harness/model/tree.ts';
import { objectsOf } from '../../../harness/remote/wanted-objects.ts';
import { hasObject } from '../../../harness/store/prepare.ts';
import { visible } from '../../../results/visible.ts';
import { randomDump } from '../erofs/random-dump.ts';
import { tarOf } from '../images/oci-layouts.ts';
import { linesOf } from '../images/trees.ts';
import { forAllBytes } from './check.ts';
import { hostileDumps } from './hostile-dumps.ts';
import { hostileTars } from './hostile-tars.ts';
import { layerReadingOf } from './layers.ts';
import { damaged } from './mutations.ts';
import { zstdFrame } from './zstd-frames.ts';

const print = (tree: Tree): Buffer => Buffer.concat([...printDump(tree)]);

/** The result, or null after a refusal: a UserError whose text has no control characters and no long lines. */
const orRefused = <T>(work: () => T): T | null => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { text } = describeError(error);
    assert.equal(visible(text.replaceAll('\n', '')), text.replaceAll('\n', ''));
    for (const line of text.split('\n')) assert.ok(line.length < 1000, line);
    return null;
  }
};

/** What every accepted tree must do. */
const checkTree = (tree: Tree): void => {
  for (let index = 0; index < tree.count; index++)
    assert.doesNotMatch(tree.path(index), /\/\.{0,2}(\/|$)(?!$)|\0/);
  const image = orRefused(() => imageBytes(tree));
  if (image === null) return;
  const read = readImage(image);
  inspectImage(image);
  assert.equal(read.count, tree.count);
};

/** Both readers see the same objects. */
const checkRedirects = (tree: Tree, sizes: ReadonlyMap<string, bigint>): void => {
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (hasObject(entry) && entry.payload !== null) assert.equal(sizes.get(entry.payload), entry.size);
  }
};

describe('hostile input is read or refused', () => {
  const dumps = [3, 8, 14].map((seed) =>
    Buffer.from(`${randomDump(`hostile ${seed}`).join('\n')}\n`, 'latin1'),
  );

  it('dump text', async () => {
    const inputs = fc.oneof(hostileDumps, damaged(dumps), fc.uint8Array({ maxLength: 300 }).map(Buffer.from));
    await forAllBytes({ kind: 'dump', usualRuns: 500, leastShare: 0.02 }, inputs, (input) => {
      const tree = orRefused(() => parseDump(input));
      if (tree === null) return false;
      checkTree(tree);
      const text = print(tree);
      assert.ok(print(parseDump(text)).equals(text));
      return true;
    });
  });

  it('the tar of a layer, above another', async () => {
    const valid = tarOf(
      { path: 'a/' },
      { path: 'a/b', contents: 'b'.repeat(700), xattrs: [['user.a', 'b']] },
      { path: 'a/l', type: '1', link: 'a/b' },
      { path: `${'long/'.repeat(30)}x`, type: '2', link: `../${'t'.repeat(200)}` },
      { path: '.wh.gone' },
      { path: 'dev', type: '3', major: 1, minor: 5 },
    );
    const lower = readLayerOf(
      tarOf({ path: 'a/', mode: 0o700 }, { path: 'a/b/' }, { path: 'gone', contents: 'g' }),
    );
    const inputs = fc.oneof(hostileTars, damaged([valid]));
    await forAllBytes({ kind: 'tar', usualRuns: 500, leastShare: 0.1 }, inputs, (input) => {
      const tree = orRefused(() => readLayerOf(input, lower));
      if (tree === null) return false;
      checkTree(tree);
      checkTree(flatten([lower, tree]).tree);
      return true;
    });
  });

  // Small, because the corpus keeps images.
  const images = [
    [
      '/a 4 100644 2 1 2 0 3.4 - \\x00\\n\\xff= - security.capability=\\x01\\x3d user.x=',
      '/b 4 @100644 2 1 2 0 3.4 /a \\x00\\n\\xff= - user.x=',
      '/block 0 60600 1 0 0 259 0.0 - - -',
      `/d 41 41777 2 0 0 0 -1.999999999 - - - trusted.overlay.opaque=y`,
      `/d/o 8796093022209 104755 1 70000 0 0 0.0 ab/cd - ${'21'.repeat(32)}`,
      '/fifo 0 10644 1 0 0 0 0.0 - - -',
      '/link 3 120777 1 0 0 0 0.0 /=\\\\ - - user.same=1',
      '/none 10 100600 1 0 0 0 0.0 - - - user.same=1',
    ],
    ['/e 0 40755 2 0 0 0 0.0 - - -', '/e/gone 0 20000 1 0 0 0 0.0 - - - user.a=b'],
    // Objects by their digests, one inline and one shared, as in a manifest from a server.
    [
      `/one 9 100644 1 0 0 0 0.0 21/${'21'.repeat(31)} - ${'21'.repeat(32)} xrusted.overlay.redirect=/../x`,
      `/two 9 100644 1 0 0 0 0.0 ab/${'cd'.repeat(31)} - ab${'cd'.repeat(31)}`,
      `/too 9 100644 1 0 0 0 0.0 ab/${'cd'.repeat(31)} - ab${'cd'.repeat(31)}`,
    ],
  ].map((lines) => {
    const text = ['/ 4096 40755 3 0 0 0 0.0 - - -', ...lines, ''].join('\n');
    return imageBytes(parseDump(Buffer.from(text, 'latin1')), { hidesStore: false });
  });

  it('images', async () => {
    await forAllBytes({ kind: 'image', usualRuns: 400, leastShare: 0.02 }, damaged(images), (input) => {
      orRefused(() => objectPaths(input));
      orRefused(() => inspectImage(input));
      orRefused(() => objectsOf(input));
      const tree = orRefused(() => readImage(input));
      if (tree === null) return false;
      const sizes = orRefused(() => objectSizes(input));
      if (sizes !== null) checkRedirects(tree, sizes);
      const again = orRefused(() => parseDump(print(tree)));
      if (again !== null) assert.deepEqual(linesOf(again), linesOf(tree));
      return true;
    });
  });

  const plain = Buffer.from('some text to compress, '.repeat(500));
  for (const [name, packed, unpack] of [
    ['gzip', gzipSync(plain), gunzipped],
    ['zstd', zstdFrame(plain), unzstd],
  ] as const)
    it(`what ${name} compressed`, async () => {
      const inputs = damaged([packed, Buffer.concat([packed, packed])]);
      await forAllBytes({ kind: name, usualRuns: 200, leastShare: 0.02 }, inputs, async (input) => {
        const chunks = async function* () {
          yield input;
        };
        try {
          for await (const _part of unpack(chunks()));
          return true;
        } catch (error) {
          assert.ok(isDamage(error), String(error));
          return false;
        }
      });
    });
});

function readLayerOf(bytes: Buffer, lower?: Tree): Tree {
  const { tar, ...reading } = layerReadingOf(bytes);
  const below = lower === undefined ? undefined : withLayer(undefined, lower);
  return readLayer(readTar(tar), { ...reading, below }).tree;
}
