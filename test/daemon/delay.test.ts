// A server that is slower by a known time per request: something real for a comparison to find.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../harness/sys/support.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const canCompile = spawnSync('cc', ['--version']).status === 0;

test('a test build says that it is one, and by how much it delays; an ordinary build says nothing of it', {
  skip: canCompile ? false : 'there is no C compiler',
}, (t) => {
  const out = temporaryFolder(t);
  const version = (flags: string): string => {
    const built = spawnSync('sh', ['daemon/build.sh', out], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CFLAGS: flags },
    });
    assert.equal(built.status, 0, built.stderr);
    return spawnSync(join(out, 'cfs-fuse'), ['--version'], { encoding: 'utf8' }).stdout;
  };
  assert.match(version('-DCFS_TEST_DELAY_NS=8000'), /test build: \+8000 ns per request/);
  assert.match(version(''), /^cfs-fuse \d+\.\d+\.\d+\n$/);
});
