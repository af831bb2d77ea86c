// `.ci/run` in a folder of its own: npm, node and the fuzzer are stand-ins.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { afterwards, eventually, type Running, start, wasSent } from '../end-to-end/support.ts';
import { temporaryFolder } from '../harness/sys/support.ts';
import { isAlive } from '../processes.ts';
import { root } from './sources.ts';

const LIMIT_MS = 60_000;
const SECONDS = 60;
/** A program that lasts longer than the test, and so does its child. */
const LASTING = `sleep ${SECONDS} & echo $! >>pids; wait`;

const startRun = (
  t: TestContext,
  { npm, fuzz }: { readonly npm: string; readonly fuzz: string },
): { readonly home: string; readonly running: Running } => {
  const home = temporaryFolder(t);
  for (const folder of ['bin', 'build', 'scripts', '.ci']) mkdirSync(join(home, folder));
  copyFileSync(join(root, '.ci/run'), join(home, '.ci/run'));
  writeFileSync(join(home, 'scripts/fuzz'), fuzz);
  for (const [name, text] of [
    ['npm', npm],
    ['node', ''],
  ] as const)
    writeFileSync(join(home, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { PATH: `${join(home, 'bin')}:${process.env['PATH']}` };
  return { home, running: start(t, ['bash', join(home, '.ci/run')], env) };
};

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`after ${signal} neither the lint nor the fuzzer nor the current step runs on`, async (t) => {
    const { home, running } = startRun(t, {
      npm: `case "$*" in *lint* | *torture*) ${LASTING} ;; esac`,
      fuzz: LASTING,
    });
    const list = join(home, 'pids');
    const pids = (): readonly number[] =>
      existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n').map(Number) : [];
    afterwards(t, () => {
      for (const pid of pids()) wasSent(pid, 'SIGKILL');
    });
    await eventually('three lasting children', LIMIT_MS, () => pids().length === 3);
    const from = Date.now();
    running.child.kill(signal);
    const { code, stderr } = await running.done;
    assert.equal(code, 130, stderr);
    assert.ok(Date.now() - from < (SECONDS * 1000) / 2);
    await eventually('the end of all children', LIMIT_MS, () => !pids().some(isAlive));
  });

test('the output ends with the lines of the test runner, and a failed step fails the whole', async (t) => {
  const passing = startRun(t, { npm: '[ "$*" != test ] || echo "3 tests passed"', fuzz: '' });
  const passed = await passing.running.done;
  assert.equal(passed.code, 0, passed.stderr);
  assert.match(passed.stdout, /\n== tests\n3 tests passed\n$/);
  assert.equal(passed.stderr, '');
  const npm = 'case "$*" in *lint*) echo "a long line"; exit 4 ;; test) echo "3 tests passed" ;; esac';
  const failed = await startRun(t, { npm, fuzz: 'exit 6' }).running.done;
  assert.equal(failed.code, 1);
  assert.match(
    failed.stdout,
    /== style\na long line\n== fuzz\nFAILED: style \(exit 4\)\nFAILED: fuzz \(exit 6\)\n== tests\n3 tests passed\n$/,
  );
});
