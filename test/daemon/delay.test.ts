// A server with a known delay per request, which comparisons must find.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../harness/sys/support.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const canCompile = spawnSync('cc', ['--version']).status === 0;

test('--version of a test build states its delay', {
  skip: canCompile ? false : 'no C compiler found',
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
