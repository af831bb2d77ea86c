import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyOf, storedName, xxh32 } from '../../../harness/erofs/xattr-name.ts';

describe('attribute names', () => {
  it('are hashed with the standard XXH32', () => {
    assert.equal(xxh32('', 0), 0x02cc5d05);
    assert.equal(xxh32('abc', 0), 0x32d153ff);
    assert.equal(xxh32('0123456789abcdef0123', 1), 0xfa9d2144);
  });

  it('clear the filter bit that the kernel checks', () => {
    const bit = (key: string): number => storedName(key).filterBit;
    assert.equal(bit('user.a'), 21);
    assert.equal(bit('security.selinux'), 11);
    assert.equal(bit('trusted.overlay.opaque'), 20);
    assert.equal(bit('system.posix_acl_access'), 30);
  });

  it('are split at the first matching prefix and joined again', () => {
    for (const key of [
      'user.',
      'user.x',
      'trusted.a',
      'security.b',
      'system.posix_acl_accessx',
      'lustre.lov',
      'x',
    ]) {
      const { index, suffix } = storedName(key);
      assert.equal(keyOf(index, suffix), key);
    }
    assert.deepEqual(
      [storedName('lustre.lov').index, storedName('system.posix_acl_default').suffix],
      [0, ''],
    );
    assert.equal(keyOf(5, 'x'), null);
  });

  it('have one stored form: a name in full whose prefix has an index is none', () => {
    for (const key of ['user.', 'trusted.overlay.redirect', 'security.b', 'system.posix_acl_accessx'])
      assert.equal(keyOf(0, key), null, key);
  });
});
