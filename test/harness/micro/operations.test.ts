import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import {
  emptyCall,
  listToEnd,
  type RepeatedOperation,
  timedCall,
} from '../../../harness/micro/operations.ts';
import { serverPath } from '../../../harness/native/paths.ts';
import { files } from '../../../harness/sys/files.ts';
import { openLog } from '../../../harness/sys/logs.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { startServer } from '../../../harness/sys/servers.ts';
import { needsRoot, temporaryFolder } from '../sys/support.ts';

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

const LIMIT_MS = 30_000;
/** Opcodes of READDIR and READDIRPLUS. */
const LISTINGS = [28, 44];

test('a directory that was listed to its end is cached: no timed listing is a request to the server', {
  skip: needsRoot || (existsSync(serverPath) && existsSync('/dev/fuse') ? false : 'needs the server'),
}, (t) => {
  const folder = temporaryFolder(t);
  const [image, at, stats] = ['image', 'at', 'stats'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(at);
  writeFileSync(stats, '');
  truncateSync(stats, 4096);
  // More names than one reply of 4 KiB has.
  const names = Array.from({ length: 1000 }, (_, i) => `/sub/name-${i} 0 100644 1 0 0 0 0.0 - - -\n`);
  const folders = '/ 4096 40755 3 0 0 0 0.0 - - -\n/sub 4096 40755 2 0 0 0 0.0 - - -\n';
  writeFileSync(image, imageBytes(parseDump(Buffer.from(folders + names.join('')))));
  const argv = [serverPath, '--stats', stats, '--ready-fd', '{ready}', image, at];
  const server = startServer({ argv, log: openLog(), limitMs: LIMIT_MS });
  const requests = (): number => {
    const counts = readFileSync(stats);
    return LISTINGS.reduce((sum, opcode) => sum + Number(counts.readBigUInt64LE(opcode * 8)), 0);
  };
  const targets = [at, join(at, 'sub')].map((path) => ({ path, key: '' }));
  try {
    const list = timedCall('getdents', targets);
    for (let i = 0; i < 20; i++) list();
    const uncached = requests();
    assert.ok(uncached >= 20, String(uncached));
    assert.equal(listToEnd(targets), null);
    const before = requests();
    for (let i = 0; i < 20; i++) list();
    assert.equal(requests(), before);
  } finally {
    mounts.unmount(at, true);
    server.close(LIMIT_MS);
  }
});
