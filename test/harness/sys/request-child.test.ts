import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRequestChild } from '../../../harness/sys/request-child.ts';
import { temporaryFolder } from './support.ts';

const blockFor = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

test('a reply that arrived while this process was busy counts after the limit; a missing reply is a timeout', async (t) => {
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
