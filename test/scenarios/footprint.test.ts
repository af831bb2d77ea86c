// A backend on a file system of its own has no footprint in the folders of its slot: values of the disk are absent, not zero.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removedFiles } from '../../scenarios/collect-alive.ts';
import { diskValues } from '../../scenarios/occupancy.ts';
import { addedToDisk } from '../../scenarios/update.ts';

test('occupancy: bytes, inodes and the ratio of sharing', () => {
  const footprint = { createdDiskBytes: 500, createdInodeCount: 20, createdFileCount: 15 };
  assert.deepEqual(diskValues(footprint, 1000, 10), {
    diskBytes: 500,
    diskPerImageBytes: 50,
    inodeCount: 20,
    contentBytes: 1000,
    sharingRatio: 2,
  });
  assert.deepEqual(diskValues({}, 1000, 10), { contentBytes: 1000 });
  assert.equal('sharingRatio' in diskValues({ createdDiskBytes: 0 }, 1000, 10), false);
});

test('update: what the second version added', () => {
  const before = { createdFileCount: 3, createdDiskBytes: 100 };
  const after = { createdFileCount: 5, createdDiskBytes: 700 };
  assert.deepEqual(addedToDisk(before, after), { updateFileCount: 2, updateDiskBytes: 600 });
  assert.deepEqual(addedToDisk({}, {}), {});
});

test('collect-alive: files that the collection removed', () => {
  assert.deepEqual(removedFiles(9, 4), { removedFileCount: 5 });
  assert.deepEqual(removedFiles(null, null), {});
});
