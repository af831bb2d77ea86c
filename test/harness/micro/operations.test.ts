import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { emptyCall, type RepeatedOperation, timedCall } from '../../../harness/micro/operations.ts';
import { files } from '../../../harness/sys/files.ts';
import { temporaryFolder } from '../sys/support.ts';

const OPERATIONS: readonly RepeatedOperation[] = ['stat', 'open', 'read', 'readlink', 'getxattr', 'getdents'];

test('an empty call is timed as the calls of its operation are: with a clock of their own, or whole', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'getdents'));
  symlinkSync('read', join(folder, 'readlink'));
  for (const name of ['stat', 'open', 'read', 'getxattr']) writeFileSync(join(folder, name), 'x');
  const before = files.names('/proc/self/fd').length;
  for (const operation of OPERATIONS) {
    const targets = [{ path: join(folder, operation), key: 'user.absent' }];
    const own = timedCall(operation, targets)();
    const empty = emptyCall(operation, targets)();
    assert.equal(typeof empty?.overriddenDuration, typeof own?.overriddenDuration, operation);
    assert.equal(own === undefined, operation !== 'read' && operation !== 'getdents');
    assert.ok(own === undefined || (own.overriddenDuration > 0 && empty!.overriddenDuration > 0));
  }
  assert.equal(files.names('/proc/self/fd').length, before);
});

test('an attribute is absent, or attributes are not supported; one that exists is an error', (t) => {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, 'x');
  const ask = (of: string): unknown => timedCall('getxattr', [{ path: of, key: 'user.key' }])();
  assert.equal(ask(path), undefined);
  // procfs supports no attributes.
  assert.equal(ask('/proc/self/status'), undefined);
  assert.throws(() => ask(`${path}.absent`), /expected ENODATA or EOPNOTSUPP/);
  files.setXattr(Buffer.from(`${path}\0`), 'user.key' as never, 'value' as never);
  assert.throws(() => ask(path), /expected ENODATA or EOPNOTSUPP/);
});
