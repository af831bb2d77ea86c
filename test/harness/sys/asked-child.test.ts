import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAskedChild } from '../../../harness/sys/asked-child.ts';
import { temporaryFolder } from './support.ts';

const busyFor = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

test('an answer that came while this process was busy beyond the limit counts, none at all does not', async (t) => {
  const program = join(temporaryFolder(t), 'echo.mjs');
  writeFileSync(
    program,
    "for await (const chunk of process.stdin) if (!String(chunk).startsWith('silence')) process.stdout.write(chunk);\n",
  );
  const child = openAskedChild(program);
  t.after(() => child.end());
  assert.deepEqual(await child.ask('first', 60_000), { kind: 'line', line: 'first' });
  const asked = child.ask('second', 20);
  busyFor(1000);
  assert.deepEqual(await asked, { kind: 'line', line: 'second' });
  const unheard = child.ask('silence', 20);
  busyFor(100);
  assert.equal((await unheard).kind, 'late');
});
