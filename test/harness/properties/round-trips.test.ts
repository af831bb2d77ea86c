import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { inspectImage } from '../../../harness/erofs/inspect.ts';
import { readImage } from '../../../harness/erofs/read-image.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { gunzipped, unzstd } from '../../../harness/images/decompress.ts';
import { printDump } from '../../../harness/images/dump-print.ts';
import { DumpReader, parseDump } from '../../../harness/images/dump-text.ts';
import { diffLayer } from '../../../harness/images/layer-diff.ts';
import { readLayer } from '../../../harness/images/layer-tree.ts';
import { flatten } from '../../../harness/images/layers.ts';
import { readTar } from '../../../harness/images/tar-reader.ts';
import type { Tree } from '../../../harness/model/tree.ts';
import { writeLayerTar } from '../../../harness/store/layer-tar.ts';
import { sharedInodes } from '../../../harness/store/links.ts';
import { linesOf } from '../images/trees.ts';
import { dumpTrees, layerTrees, treesWithoutWhiteouts } from './arbitrary-trees.ts';
import { forAll } from './check.ts';
import { layerReadingOf } from './layers.ts';
import { zstdFrame } from './zstd-frames.ts';

const print = (tree: Tree): Buffer => Buffer.concat([...printDump(tree)]);

/** `bytes` in pieces of these lengths, again and again. */
function* inPieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (lengths[i % lengths.length] ?? bytes.length);
    yield bytes.subarray(at, end);
    at = end;
  }
}

const pieceLengths = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });

describe('what is written is read back', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-properties-'));
  after(() => rmSync(dir, { recursive: true }));

  it('a tree as dump text, in pieces of any length', async () => {
    await forAll(150, fc.tuple(dumpTrees, pieceLengths), ([tree, lengths]) => {
      const text = print(tree);
      const reader = new DumpReader({ strict: true });
      for (const piece of inPieces(text, lengths)) reader.push(piece);
      const read = reader.finish();
      assert.deepEqual(linesOf(read), linesOf(tree));
      assert.ok(print(read).equals(text));
    });
  });

  it('a tree as an image, and an image from its dump', async () => {
    await forAll(150, fc.tuple(dumpTrees, fc.constantFrom(0, 1)), ([tree, imageVersion]) => {
      const image = imageBytes(tree, { imageVersion });
      const read = readImage(image);
      if (imageVersion === 0) assert.deepEqual(linesOf(read), linesOf(tree));
      const { nameCount, storeWhiteoutCount } = inspectImage(image);
      assert.equal(nameCount - storeWhiteoutCount, tree.count - 1);
      // The image of a tree depends on which of an inode's names comes first: an image and its dump say the first in byte order.
      const first = imageBytes(read, { imageVersion });
      assert.ok(imageBytes(parseDump(print(read)), { imageVersion }).equals(first));
      if (sharedInodes(tree).size === 0) assert.ok(first.equals(image));
    });
  });

  it('a tree as the tar of a layer', async () => {
    await forAll(100, layerTrees, (tree) => {
      const path = join(dir, 'layer.tar');
      writeLayerTar(path, tree, { objectDir: dir, rootless: false });
      const reading = layerReadingOf(readFileSync(path));
      assert.deepEqual(linesOf(readLayer(readTar(reading.tar), reading).tree), linesOf(tree));
    });
  });

  it('a layer that turns one tree into another', async () => {
    await forAll(100, fc.tuple(treesWithoutWhiteouts, treesWithoutWhiteouts), ([lower, upper]) => {
      assert.deepEqual(linesOf(flatten([lower, diffLayer(lower, upper)]).tree), linesOf(upper));
    });
  });

  for (const [name, pack, unpack] of [
    ['gzip', gzipSync, gunzipped],
    ['zstd', zstdFrame, unzstd],
  ] as const)
    it(`bytes that ${name} compressed, in pieces of any length`, async () => {
      const plain = fc.oneof(
        fc.uint8Array({ maxLength: 2000 }),
        fc
          .tuple(fc.uint8Array({ minLength: 1, maxLength: 10 }), fc.nat(300_000))
          .map(([part, length]) => Buffer.alloc(length, part)),
      );
      const inputs = fc.tuple(plain, pieceLengths);
      await forAll(60, inputs, async ([bytes, lengths]) => {
        const packed = pack(Buffer.from(bytes));
        const parts: Uint8Array[] = [];
        const chunks = async function* () {
          yield* inPieces(packed, lengths);
        };
        for await (const part of unpack(chunks())) parts.push(part);
        assert.ok(Buffer.concat(parts).equals(bytes));
      });
    });
});
