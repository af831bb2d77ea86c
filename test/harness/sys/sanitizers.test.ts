// The C library of timed windows, built with the sanitizers of the compiler, passes its own tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { temporaryFolder, windowKindWith } from './support.ts';

const BUILD = fileURLToPath(new URL('../../../../timed/build.sh', import.meta.url));

// The runtime of the sanitizers must be loaded first into a process that was built without them.
const asan = ((): string | null => {
  if (findProgram('cc') === null) return null;
  const { stdout } = spawnSync('cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  return stdout.trim().startsWith('/') ? stdout.trim() : null;
})();

test('the sanitizers find no error', {
  skip: asan === null ? 'needs cc with libasan' : false,
}, (t) => {
  const out = temporaryFolder(t);
  const built = spawnSync('sh', [BUILD, out, 'sanitize'], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
  const tests = [
    './batch-files.test.js',
    './call-list.test.js',
    './deep-trees.test.js',
    '../store/store.test.js',
  ].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const env = {
    PATH: process.env['PATH'],
    CFSBENCH_TEST_AGAIN: '1',
    CFSBENCH_WINDOW: join(out, 'libtimed.so'),
    LD_PRELOAD: asan!,
    // Node frees no memory at its exit.
    ASAN_OPTIONS: 'detect_leaks=0',
  };
  assert.equal(windowKindWith(env), 'one call', 'the library with sanitizers is not loaded');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', ...tests], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.ok(!/AddressSanitizer|runtime error/.test(stdout + stderr));
});
