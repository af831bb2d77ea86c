import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backingOf } from '../../scenarios/sharing-cache.ts';

test('the contents of blobs are in the blobs, not in the bootstrap beside them', () => {
  const blobs = ['/store/blobs/a', '/store/blobs/b'];
  assert.deepEqual(backingOf({ backing: blobs }, '/image', ['image.erofs']), blobs);
});

test('the contents of a block image are in it; a manifest holds none', () => {
  assert.deepEqual(backingOf({}, '/image', ['image.erofs', 'image.erofs.json']), ['/image/image.erofs']);
  assert.deepEqual(backingOf({}, '/image', ['image.squashfs']), ['/image/image.squashfs']);
  assert.deepEqual(backingOf({}, '/image', ['image.cfs']), []);
});
