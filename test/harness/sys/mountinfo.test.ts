import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBelow, mountOf, parseMountinfo, readMounts, topmostAt } from '../../../harness/sys/mountinfo.ts';

const TEXT = `23 28 0:22 / /proc rw,relatime shared:9 - proc proc rw
40 28 0:35 / /mnt/with\\040space\\134and\\011tab rw,nosuid - tmpfs tmpfs rw,size=4k
41 40 0:36 / /mnt/with\\040space\\134and\\011tab ro - overlay over\\040lay ro,lowerdir=/a:/b
42 28 8:1 / / rw - ext4 /dev/sda1 rw
43 42 0:40 / /mnt/\\303\\251 rw - tmpfs none rw
`;

test('octal escapes are decoded, also bytes of UTF-8', () => {
  assert.deepEqual(
    parseMountinfo(TEXT).map(({ at }) => at),
    ['/proc', '/mnt/with space\\and\ttab', '/mnt/with space\\and\ttab', '/', '/mnt/é'],
  );
});

test('topmostAt returns the later of two mounts at the same path', () => {
  const top = topmostAt(parseMountinfo(TEXT), '/mnt/with space\\and\ttab');
  assert.deepEqual([top?.type, top?.source, top?.attributes], ['overlay', 'over lay', 'ro']);
  assert.equal(top?.device, '0:36');
  assert.equal(topmostAt(parseMountinfo(TEXT), '/mnt'), undefined);
});

test('mountOf returns the deepest mount that contains the path', () => {
  const mounts = parseMountinfo(TEXT);
  assert.equal(mountOf(mounts, '/mnt/é/deep')?.type, 'tmpfs');
  assert.equal(mountOf(mounts, '/mnt/éclair')?.type, 'ext4');
});

test('isBelow includes the folder itself and excludes folders with the same prefix', () => {
  assert.deepEqual(
    [isBelow('/a', '/a'), isBelow('/ab', '/a'), isBelow('/a/b', '/a'), isBelow('/x', '/')],
    [true, false, true, true],
  );
});

test('the mounts of this process include its /proc', () => {
  assert.equal(topmostAt(readMounts(), '/proc')?.type, 'proc');
});
