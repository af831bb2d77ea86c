import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { openCommandStreams, runCommand } from '../../../harness/sys/commands.ts';
import { bind } from '../../../harness/sys/libc.ts';
import { temporaryFolder } from './support.ts';

const failureOf = async (argv: readonly string[], timeoutMs = 10_000): Promise<UserError> => {
  try {
    await runCommand(argv, { timeoutMs });
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error;
  }
  return assert.fail('it did not fail');
};

test('a command runs in a clean environment, its output in a file', async (t) => {
  const path = join(temporaryFolder(t), 'output');
  process.env['CFSBENCH_SURPRISE'] = '1';
  t.after(() => delete process.env['CFSBENCH_SURPRISE']);
  await runCommand(['env'], { stdout: path });
  const names = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]);
  assert.deepEqual(names.sort(), ['HOME', 'LC_ALL', 'PATH', 'TZ']);
  assert.match(readFileSync(path, 'utf8'), /^LC_ALL=C$/m);
});

test('the error of a failed command has the exit code and the end of standard error', async () => {
  const error = await failureOf(['sh', '-c', 'seq 1 5000 >&2; echo last words >&2; exit 3']);
  assert.equal(error.code, 'command-failed');
  assert.ok(error.facts.includes('exit 3'));
  assert.equal(error.facts.at(-1), 'last words');
  assert.ok(error.facts.join('\n').length < 3000);
});

test('a command is killed at its time limit', async () => {
  const error = await failureOf(['sleep', '30'], 50);
  assert.deepEqual([error.code, error.facts[1]], ['timeout', 'killed after 50 ms']);
});

test('with yields other work continues during a command, and limit and exit code still count', async (t) => {
  let pid = 0;
  const go = join(temporaryFolder(t), 'go');
  const other = setInterval(() => writeFileSync(go, ''), 1);
  const onSpawn = (started: number): void => {
    pid = started;
  };
  const ended = () => assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  try {
    // Exits only if other work of this process runs.
    await runCommand(['sh', '-c', `while ! [ -e '${go}' ]; do sleep 0.01; done`], {
      yields: true,
      timeoutMs: 30_000,
      onSpawn,
    });
    ended();
    await assert.rejects(runCommand(['sleep', '30'], { yields: true, timeoutMs: 50, onSpawn }), {
      code: 'timeout',
    });
    ended();
    await assert.rejects(runCommand(['false'], { yields: true, onSpawn }), { code: 'command-failed' });
    ended();
  } finally {
    clearInterval(other);
  }
});

const RLIMIT_NOFILE = 7;
const cGetLimit = bind<(what: number, into: Uint8Array) => number>('getrlimit', 'int', 'void *');
const cSetLimit = bind<(what: number, from: Uint8Array) => number>('setrlimit', 'int', 'const void *');

/** Runs `work` while this process cannot open anything. */
const withoutDescriptors = async (work: () => Promise<void>): Promise<void> => {
  const [before, few] = [Buffer.alloc(16), Buffer.alloc(16)];
  assert.equal(cGetLimit(RLIMIT_NOFILE, before), 0);
  before.copy(few);
  // The soft limit stands first.
  few.writeBigUInt64LE(256n, 0);
  const taken: number[] = [];
  assert.equal(cSetLimit(RLIMIT_NOFILE, few), 0);
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EMFILE');
    await work();
  } finally {
    assert.equal(cSetLimit(RLIMIT_NOFILE, before), 0);
    for (const fd of taken) closeSync(fd);
  }
};

test('a command that cannot be watched is killed and reaped', async () => {
  openCommandStreams();
  for (const yields of [false, true]) {
    let pid = 0;
    await withoutDescriptors(async () => {
      const onSpawn = (started: number): void => {
        pid = started;
      };
      await assert.rejects(runCommand(['/bin/sleep', '300'], { yields, onSpawn }), { code: 'EMFILE' });
    });
    assert.ok(pid > 0);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  }
});

test('a missing program and a failed one give different errors', async () => {
  assert.equal((await failureOf(['cfsbench-no-such-program'])).code, 'ENOENT');
});

test('onSpawn and onExit are called in order with the process id', async () => {
  const told: string[] = [];
  let started = 0;
  await runCommand(['true'], {
    onSpawn(pid) {
      started = pid;
      told.push('start');
    },
    onExit: (pid) => told.push(pid === started ? 'end' : 'other'),
  });
  assert.ok(started > 0);
  assert.deepEqual(told, ['start', 'end']);
});

test('a command inherits the three standard descriptors only', async (t) => {
  const path = join(temporaryFolder(t), 'output');
  await runCommand(
    [
      'sh',
      '-c',
      'for n in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$n ] && readlink /proc/self/fd/$n; done; true',
    ],
    {
      stdout: path,
    },
  );
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /cfsbench|fuse|bpf|socket/.test(line));
  assert.deepEqual(lines, []);
});
