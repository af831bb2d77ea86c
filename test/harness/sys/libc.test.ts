import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { bind, errnoName, lastErrno } from '../../../harness/sys/libc.ts';

const rmdir = bind<(path: string) => number>('rmdir', 'str');
const getpid = bind<() => number>('getpid');

test('errno is that of the last call that failed, whatever Node.js does before it is read', () => {
  assert.equal(rmdir('/'), -1);
  const expected = errnoName(lastErrno());
  assert.match(expected, /^(?:EBUSY|EROFS)$/);
  // Sets errno of this thread to ENOENT.
  assert.equal(existsSync('/proc/self/no-such-file'), false);
  assert.equal(getpid(), process.pid);
  assert.equal(errnoName(lastErrno()), expected);
});
