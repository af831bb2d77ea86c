import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SysError } from '../../../harness/model/errors.ts';
import { O_RDONLY } from '../../../harness/sys/files.ts';
import { stepwiseFiles as files, temporaryFolder } from './support.ts';

test('writeNew writes all bytes and refuses an existing name', (t) => {
  const path = join(temporaryFolder(t), 'new');
  const bytes = Buffer.alloc(3_000_001, 'ab');
  files.writeNew(path, bytes);
  assert.ok(readFileSync(path).equals(bytes));
  assert.throws(() => files.writeNew(path, bytes), { code: 'EEXIST' });
});

test('an error has the call, the errno and the path', (t) => {
  const path = join(temporaryFolder(t), 'missing');
  assert.throws(
    () => files.unlink(path),
    (error) => {
      assert.ok(error instanceof SysError);
      assert.equal(error.call, 'unlink');
      assert.equal(error.code, 'ENOENT');
      assert.deepEqual(error.facts, [path]);
      return true;
    },
  );
});

test('pread reads from an offset to the end of the file', (t) => {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, '0123456789');
  const fd = files.open(path, O_RDONLY);
  t.after(() => files.close(fd));
  const into = Buffer.alloc(8);
  assert.equal(files.pread(fd, into, 6), 4);
  assert.equal(into.toString('latin1', 0, 4), '6789');
  assert.equal(files.pread(fd, into, 100), 0);
});

test('names lists more entries than fit into one buffer, without . and ..', (t) => {
  const folder = temporaryFolder(t);
  const wanted = Array.from({ length: 2500 }, (_, index) => `entry-with-a-rather-long-name-${index}`);
  for (const name of wanted) writeFileSync(join(folder, name), '');
  assert.deepEqual(files.names(folder).sort(), wanted.sort());
});

test('a write lease is refused while the file is open, and granted afterwards', (t) => {
  const path = join(temporaryFolder(t), 'held');
  writeFileSync(path, 'x');
  const fd = openSync(path, 'r');
  assert.equal(files.leaseFree(path), false);
  closeSync(fd);
  assert.equal(files.leaseFree(path), true);
  assert.equal(files.leaseFree(path), true, 'the lease itself was given back');
});

test('folders and files can be made, renamed, tested and removed', (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  files.mkdir(a, 0o700);
  files.rename(a, b);
  assert.deepEqual([files.exists(a), files.exists(b)], [false, true]);
  files.syncfs(b);
  files.rmdir(b);
  assert.equal(files.exists(b), false);
});
