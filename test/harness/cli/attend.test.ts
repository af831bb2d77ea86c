import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { diskFolder, start } from '../../end-to-end/support.ts';
import { needsRoot } from '../sys/support.ts';

const WAITING = fileURLToPath(new URL('./waiting-inner.js', import.meta.url));

test('a system call that waits for a stopped server is aborted at the limit in the work folder only', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const other = join(home, 'other');
  mkdirSync(other);
  const attended = (workDir: string) => start(t, [process.execPath, WAITING, home, workDir]).done;
  const [aborted, killed] = await Promise.all([attended(home), attended(other)]);
  assert.match(aborted.stdout, /^(?:ECONNABORTED|ENOTCONN)\n\{"kind":"exited","code":0\}\n$/, aborted.stderr);
  assert.match(killed.stdout, /^\{"kind":"killed","what":"the measuring process did nothing for 30 s /);
});
