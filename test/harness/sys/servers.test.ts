import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { files } from '../../../harness/sys/files.ts';
import { waitForIdle } from '../../../harness/sys/idle.ts';
import { openLog } from '../../../harness/sys/logs.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { type RunningServer, startServer } from '../../../harness/sys/servers.ts';
import { processCpuNs } from '../../../harness/sys/usage.ts';
import { temporaryFolder } from './support.ts';

const LIMIT_MS = 30_000;

/** Ended with the test, also when an assertion fails. */
const started = (t: TestContext, start: Parameters<typeof startServer>[0]): RunningServer => {
  const server = startServer(start);
  t.after(() => server.close(0));
  return server;
};

const failureOf = (script: string, log: number, limitMs: number): UserError => {
  try {
    startServer({ argv: ['sh', '-c', script], log, limitMs });
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error;
  }
  return assert.fail('the server started');
};

test('a server runs once it is ready, and is reaped at its exit', (t) => {
  const folder = temporaryFolder(t);
  const [log, go] = [openLog(), join(folder, 'go')];
  execFileSync('mkfifo', [go]);
  const argv = ['sh', '-c', `sleep 0.05; echo started; echo >&{ready}; read -r _ <'${go}'`];
  const from = process.hrtime.bigint();
  const server = started(t, { argv, log, limitMs: LIMIT_MS });
  assert.ok(Number(process.hrtime.bigint() - from) >= 50e6);
  assert.equal(readFileSync(`/proc/self/fd/${log}`, 'utf8'), 'started\n');
  assert.equal(server.exited(1), false);
  assert.ok((processCpuNs(server.pid) ?? 0) > 0);
  writeFileSync(go, '\n');
  assert.equal(server.exited(LIMIT_MS), true);
  assert.equal(server.how, 'exit 0');
  assert.equal(processCpuNs(server.pid), null);
  assert.equal(existsSync(`/proc/${server.pid}`), false);
});

test('the error for a server that exits before it is ready has its exit code and the end of its log', () => {
  const error = failureOf('echo cannot mount >&2; exit 9', openLog(), LIMIT_MS);
  assert.equal(error.code, 'server-ended');
  assert.ok(error.facts.includes('status: exit 9'));
  assert.equal(error.facts.at(-1), 'cannot mount');
});

const poll = (condition: () => boolean): boolean => {
  for (let i = 0; i < LIMIT_MS && !condition(); i++)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  return condition();
};

test('a server without a readiness descriptor is polled, and its exit is noticed', (t) => {
  const folder = temporaryFolder(t);
  const [log, mark] = [openLog(), join(folder, 'mark')];
  const start = (script: string) =>
    started(t, {
      argv: ['sh', '-c', script],
      log,
      limitMs: LIMIT_MS,
      awaitReady: (exited) => poll(() => existsSync(mark) || exited()) && existsSync(mark),
    });
  assert.throws(() => start('echo no such image >&2; exit 3'), {
    code: 'server-ended',
    message: 'sh: exited before it was ready',
  });
  const server = start(`sleep 0.05; : >'${mark}'; exec sleep 30`);
  assert.equal(server.exited(0), false);
  server.close(LIMIT_MS);
});

test('a server that never becomes ready is killed, and no descriptor stays open', () => {
  const log = openLog();
  const open = files.names('/proc/self/fd').length;
  const error = failureOf('trap "" TERM; exec sleep 30', log, 50);
  assert.equal(error.code, 'timeout');
  assert.equal(files.names('/proc/self/fd').length, open);
});

test('a server that cannot be started leaves no descriptor open', () => {
  const log = openLog();
  const open = files.names('/proc/self/fd').length;
  assert.throws(() => startServer({ argv: ['/nowhere'], log, limitMs: LIMIT_MS }), { code: 'ENOENT' });
  assert.equal(files.names('/proc/self/fd').length, open);
});

test('close kills a server that ignores SIGTERM', (t) => {
  const log = openLog();
  const argv = ['sh', '-c', 'trap "" TERM; echo >&{ready}; while :; do sleep 0.01; done'];
  const server = started(t, { argv, log, limitMs: LIMIT_MS });
  server.close(30);
  assert.equal(server.how, 'signal 9');
  server.close(30);
});

test('the error for a server that exits without a reply has the end of its log', (t) => {
  const log = openLog();
  const program = `
    const { readSync, writeSync } = require('node:fs');
    writeSync(3, '.');
    readSync(3, Buffer.alloc(100));
    console.error('cannot do that');
    process.exit(1);`;
  const argv = [process.execPath, '-e', program, '{control}'];
  const server = started(t, { argv, log, limitMs: 20_000 });
  assert.throws(() => server.sendCommand(['do it']), {
    code: 'server-ended',
    facts: ['do it', 'cannot do that'],
  });
  server.close(LIMIT_MS);
});

test('a server that is killed or fails is lost, with its last output; a running or ended one is not', () => {
  const start = (script: string) =>
    startServer({ argv: ['sh', '-c', script], log: openLog(), limitMs: LIMIT_MS });
  const waiting = start('echo >&{ready}; exec sleep 30');
  assert.equal(waiting.lost(), null);
  process.kill(waiting.pid, 'SIGKILL');
  assert.ok(waiting.exited(LIMIT_MS));
  assert.equal(waiting.lost(), 'was killed by SIGKILL');
  const failing = start('echo >&{ready}; echo no memory >&2; exit 3');
  assert.ok(failing.exited(LIMIT_MS));
  assert.equal(failing.lost(), 'ended with exit code 3: no memory');
  const deaf = start('trap "" TERM; echo >&{ready}; while :; do sleep 0.01; done');
  deaf.close(30);
  assert.equal(deaf.lost(), 'did not end after SIGTERM and was killed');
  const well = start('echo fine >&2; echo >&{ready}');
  assert.ok(well.exited(LIMIT_MS));
  assert.equal(well.lost(), null);
});

test('each server has a log of its own, empty at its start, and none is a file of the work folder', (t) => {
  const scratch = temporaryFolder(t);
  const machine = createMachine({} as never, { scratch });
  const lostAfter = (...scripts: readonly string[]): readonly string[] => {
    const servers = scripts.map((script) => machine.serve('it', ['sh', '-c', `echo >&{ready}; ${script}`]));
    for (const server of servers) assert.ok(server.exited(LIMIT_MS));
    return machine.servers.lost();
  };
  assert.throws(() => machine.serve('it', ['sh', '-c', 'echo never ready >&2; exit 4']), /exited before/);
  for (let i = 0; i < 20; i++)
    assert.deepEqual(lostAfter('echo one >&2; exit 1', 'echo two >&2; exit 2', 'exit 3'), [
      'the server it ended with exit code 1: one',
      'the server it ended with exit code 2: two',
      'the server it ended with exit code 3',
    ]);
  assert.deepEqual(readdirSync(scratch), []);
});

test('waitForIdle returns the busy server, but not sleeping and exited ones', (t) => {
  const log = openLog();
  const start = (script: string) => started(t, { argv: ['sh', '-c', script], log, limitMs: LIMIT_MS });
  const asleep = start('echo >&{ready}; exec sleep 30');
  const busy = start('echo >&{ready}; while :; do :; done');
  const other = start('echo >&{ready}; exec sleep 30');
  assert.deepEqual(waitForIdle([]), []);
  assert.deepEqual(waitForIdle([asleep.pid, busy.pid, other.pid]), [busy.pid]);
  asleep.close(1000);
  busy.close(1000);
  assert.deepEqual(waitForIdle([asleep.pid, busy.pid, other.pid]), []);
  other.close(1000);
});
