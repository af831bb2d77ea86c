import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { getXattr, listXattrs, readXattrs, setXattr } from '../../../harness/sys/xattrs.ts';
import { needsRoot, temporaryFolder } from './support.ts';

test('keys and values are bytes; a value may be empty', (t) => {
  const path = Buffer.concat([Buffer.from(temporaryFolder(t)), Buffer.from('/\xff\xfe name', 'latin1')]);
  writeFileSync(path, '');
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  setXattr(path, 'user.every', every);
  setXattr(path, 'user.\xff', '');
  assert.deepEqual(
    readXattrs(path).sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      ['user.every', every],
      ['user.\xff', ''],
    ],
  );
  assert.equal(getXattr(path, 'user.none'), null);
});

test('the error for a missing path names it', (t) => {
  const path = join(temporaryFolder(t), 'missing');
  assert.throws(() => listXattrs(Buffer.from(path)), { code: 'ENOENT', facts: [path] });
});

test('a symlink has attributes of its own', { skip: needsRoot }, (t) => {
  const folder = temporaryFolder(t);
  const [target, link] = [join(folder, 'target'), join(folder, 'link')];
  writeFileSync(target, '');
  symlinkSync('target', link);
  setXattr(Buffer.from(target), 'trusted.a', 'target');
  setXattr(Buffer.from(link), 'trusted.a', 'link');
  assert.equal(getXattr(Buffer.from(link), 'trusted.a'), 'link');
  assert.equal(getXattr(Buffer.from(target), 'trusted.a'), 'target');
});
