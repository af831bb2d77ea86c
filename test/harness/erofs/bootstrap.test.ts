// The bytes of a bootstrap that no mount shows.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bootstrapBytes } from '../../../harness/erofs/bootstrap.ts';
import { DEVICE_SLOT_BYTES } from '../../../harness/erofs/bootstrap-layout.ts';
import { FIRST_INODE_AT, SUPERBLOCK_AT } from '../../../harness/erofs/format.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';

const BLOCKS_AT = SUPERBLOCK_AT + 36;
const SLOT_ADDRESS_AT = 68;
const TAR_BYTES = 10_240;

describe('a bootstrap', () => {
  test('is whole pages, which the blobs follow', () => {
    const lengths = new Set<number>();
    const root = '/ 4096 40755 2 0 0 0 0.0 - - -';
    const lines = [root];
    for (let fileCount = 0; fileCount < 300; fileCount++) {
      const tree = parseDump(Buffer.from(`${lines.join('\n')}\n`));
      const image = bootstrapBytes(tree, {
        devices: ['ab', 'cd'].map((digit) => ({ tag: digit.repeat(32), bytes: TAR_BYTES })),
        extent: () => ({ device: 1, offset: 512 }),
      });
      // A kernel that reads whole pages gives EIO for the part of a page in front of the end of the file.
      assert.equal(image.length % 4096, 0, `${fileCount} files: ${image.length} bytes`);
      assert.equal(image.readUInt32LE(BLOCKS_AT), image.length / 512);
      const slots = [0, 1].map((i) => FIRST_INODE_AT + i * DEVICE_SLOT_BYTES + SLOT_ADDRESS_AT);
      assert.deepEqual(
        slots.map((at) => image.readUInt32LE(at)),
        [image.length / 512, (image.length + TAR_BYTES) / 512],
      );
      lengths.add(image.length);
      lines.push(`/file${fileCount} 9 100644 1 0 0 0 ${fileCount % 3}.0 aa/b - -`);
    }
    assert.ok(lengths.size > 5);
  });
});
