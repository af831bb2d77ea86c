import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRequestChild } from '../../../harness/sys/request-child.ts';
import { temporaryFolder } from './support.ts';

const blockFor = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

test('a reply that arrived during other work counts after the limit; a missing one times out', async (t) => {
  const program = join(temporaryFolder(t), 'echo.mjs');
  writeFileSync(
    program,
    "for await (const chunk of process.stdin) if (!String(chunk).startsWith('silence')) process.stdout.write(chunk);\n",
  );
  const child = openRequestChild(program);
  t.after(() => child.close());
  assert.deepEqual(await child.request('first', { ms: 60_000 }), { kind: 'line', line: 'first' });
  const second = child.request('second', { ms: 20 });
  blockFor(1000);
  assert.deepEqual(await second, { kind: 'line', line: 'second' });
  const unanswered = child.request('silence', { ms: 20 });
  blockFor(100);
  assert.equal((await unanswered).kind, 'timeout');
});

/** Takes all descriptors, then asks a child. */
const WITHOUT_DESCRIPTORS = `
import { openSync } from 'node:fs';
import { openRequestChild } from ${JSON.stringify(new URL('../../../harness/sys/request-child.js', import.meta.url))};
const child = openRequestChild('/none');
try { for (;;) openSync('/dev/null'); } catch {}
const reply = await child.request('hello', 60_000);
await child.close();
process.stdout.write(JSON.stringify(reply));
`;

test('a program that lacks descriptors to start counts as exited, with the reason', () => {
  const argv = ['--nofile=60', process.execPath, '--input-type=module', '-e', WITHOUT_DESCRIPTORS];
  const { stdout, stderr } = spawnSync('prlimit', argv, { encoding: 'utf8' });
  const reply = JSON.parse(stdout || 'null') as { kind: string; stderr: string } | null;
  assert.equal(reply?.kind, 'exited', stderr);
  assert.match(reply.stderr, /EMFILE/);
});
