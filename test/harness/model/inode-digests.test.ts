import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { probeImage } from '../../../harness/erofs/probe-image.ts';
import { readImage } from '../../../harness/erofs/read-image.ts';
import { DIGEST_KEY, IMAGE_HEAD_BYTES, nameDigests } from '../../../harness/model/inode-digests.ts';

const SUPERBLOCK_AT = 1024;

test('nameDigests names the attribute of the digests in the superblock and the prefix table', () => {
  const before = Buffer.from(probeImage());
  // As mkfs.erofs writes it: with a checksum of the superblock.
  before.writeUInt32LE(0x12345678, SUPERBLOCK_AT + 4);
  before.writeUInt32LE(0x3, SUPERBLOCK_AT + 8);
  const after = Buffer.from(before);
  nameDigests(after);
  const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
  assert.ok(changed.length > 0 && Math.max(...changed) < IMAGE_HEAD_BYTES);
  const u32 = (at: number): number => after.readUInt32LE(SUPERBLOCK_AT + at);
  const u8 = (at: number): number => after.readUInt8(SUPERBLOCK_AT + at);
  assert.deepEqual([u32(4), u32(8), u32(80)], [0, 0x32, 0x40]);
  assert.deepEqual([u8(91), u8(105)], [1, 0]);
  // The length covers the number of the name space and the rest of the name.
  const table = u32(92) * 4;
  const length = after.readUInt16LE(table);
  assert.equal(after.readUInt8(table + 2), 4);
  assert.equal(`trusted.${after.toString('latin1', table + 3, table + 2 + length)}`, DIGEST_KEY);
  assert.equal(table % 4, 0);
});

test('an image that has long attribute names already is refused', () => {
  const image = Buffer.from(probeImage());
  nameDigests(image);
  assert.throws(() => nameDigests(image), /long attribute names already/);
  const used = Buffer.from(probeImage());
  used[130] = 1;
  assert.throws(() => nameDigests(used), /no zeros/);
});

test('the image for trying features has one file with the right digest', () => {
  const tree = readImage(probeImage());
  const [name, ...others] = tree.children(0);
  assert.deepEqual(others, []);
  const { content, xattrs } = tree.entry(name!);
  const digest = createHash('sha256').update(content!, 'latin1').digest();
  assert.deepEqual(xattrs, [[DIGEST_KEY, `sha256:${digest.toString('latin1')}`]]);
});
