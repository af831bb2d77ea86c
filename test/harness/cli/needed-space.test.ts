import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededSpace } from '../../../harness/cli/open-images.ts';
import { flatten } from '../../../harness/images/layers.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { type Entries, stored, treeOf, whiteout } from '../images/trees.ts';

const MIB = 2 ** 20;

const imageOf = (...entries: Entries[]): SourceImage => {
  const layers = entries.map(treeOf);
  return {
    name: 'test',
    source: 'test',
    contents: 'synthetic',
    tree: layers.length === 1 ? layers[0]! : flatten(layers).tree,
    layers,
    content: () => assert.fail('no contents'),
    close: async () => {},
  };
};

const big = { big: stored('a'.repeat(64), MIB) };

test('a file that an upper layer hides takes space in the store, in the tar of its layer, and unpacked', () => {
  const { bytes, inodes, largestFile } = neededSpace([imageOf(big, { big: whiteout() })]);
  assert.ok(bytes >= 3 * MIB, `${bytes}`);
  assert.ok(inodes >= 4, `${inodes}`);
  assert.match(largestFile() ?? '', /^\/big of test/);
});

test('the only layer of an image is its tree', () => {
  const { bytes, inodes } = neededSpace([imageOf(big)]);
  assert.equal(bytes, 7 * (MIB + 2 * 4096));
  assert.equal(inodes, 5 * 2);
});
