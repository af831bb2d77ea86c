import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRequestChild } from '../../../harness/sys/request-child.ts';
import { temporaryFolder } from './support.ts';

/** A minute at most, at least as long as the limit of a request. */
const WAIT_MS = 100;
const MOST_WAITS = 600;

const blockFor = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

test('a reply that arrived during other work counts after the limit; a missing one times out', async (t) => {
  const program = join(temporaryFolder(t), 'echo.mjs');
  writeFileSync(
    program,
    [
      "import { writeFileSync } from 'node:fs';",
      'for await (const chunk of process.stdin) {',
      "  if (String(chunk).startsWith('silence')) continue;",
      '  process.stdout.write(chunk);',
      '  writeFileSync(process.argv[1] + String(chunk).trim(), "");',
      '}',
    ].join('\n'),
  );
  const child = openRequestChild(program);
  t.after(() => child.close());
  assert.deepEqual(await child.request('first', { ms: 60_000 }), { kind: 'line', line: 'first' });
  const second = child.request('second', { ms: 20 });
  for (let waits = 0; !existsSync(`${program}second`) && waits < MOST_WAITS; waits++) blockFor(WAIT_MS);
  blockFor(WAIT_MS);
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
