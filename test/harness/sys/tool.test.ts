import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { interrupt } from '../../../harness/sys/interrupts.ts';
import { runTool } from '../../../harness/sys/tool.ts';
import { isAlive } from '../../processes.ts';
import { temporaryFolder, until } from './support.ts';

const LIMIT_MS = 3000;
/** Far above the limit and the time for the output to end, and far below that of the sleepers. */
const SOON_MS = 30_000;
const SLEEP = 'sleep 300';

const pidIn = (path: string): number => {
  try {
    return Number(readFileSync(path, 'latin1'));
  } catch {
    return 0;
  }
};

test('a program that ends has its status and its output; one that is missing has its errno', async () => {
  const end = await runTool(['sh', '-c', 'echo out; echo err >&2; exit 3'], { limitMs: SOON_MS });
  assert.deepEqual(end, { status: 3, how: 'exit 3', stdout: 'out\n', stderr: 'err\n' });
  const missing = await runTool(['cfsbench-no-such-program'], { limitMs: SOON_MS });
  assert.deepEqual([missing.status, missing.how], [null, 'ENOENT']);
});

test('at its limit a program is killed with the processes that it started', async () => {
  const from = performance.now();
  const { status, how, stdout } = await runTool(['sh', '-c', `${SLEEP} & echo $!; wait`], {
    limitMs: LIMIT_MS,
  });
  assert.deepEqual([status, how], [null, `killed after ${LIMIT_MS / 1000} s`]);
  assert.ok(performance.now() - from < SOON_MS);
  const pid = Number(stdout);
  assert.ok(pid > 0, stdout);
  await until('the child is gone', () => !isAlive(pid));
});

test('a process in another session that holds the output does not prolong the limit', async (t) => {
  const from = performance.now();
  const { how, stdout } = await runTool(['sh', '-c', `setsid ${SLEEP} & echo $!; wait`], {
    limitMs: LIMIT_MS,
  });
  const pid = Number(stdout);
  assert.ok(pid > 0, stdout);
  t.after(() => process.kill(pid, 'SIGKILL'));
  assert.equal(how, `killed after ${LIMIT_MS / 1000} s`);
  assert.ok(performance.now() - from < SOON_MS);
  assert.ok(isAlive(pid));
});

test('an interrupt kills a program with the processes that it started', async (t) => {
  const path = join(temporaryFolder(t), 'pid');
  const from = performance.now();
  const running = runTool(['sh', '-c', `${SLEEP} & echo $! >'${path}'; wait`], { limitMs: 10 * SOON_MS });
  const rejected = assert.rejects(running, { message: 'interrupted' });
  await until('the child runs', () => pidIn(path) > 0);
  interrupt();
  await rejected;
  assert.ok(performance.now() - from < SOON_MS);
  await until('the child is gone', () => !isAlive(pidIn(path)));
});
