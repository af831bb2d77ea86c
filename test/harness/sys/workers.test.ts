// Lives that are written by hand: what their worker reports and leaves.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { UserError } from '../../../harness/model/errors.ts';
import type { LivesResult } from '../../../harness/model/lives.ts';
import { serverPath, workersProgram } from '../../../harness/native/paths.ts';
import { CallListBuilder } from '../../../harness/sys/call-list.ts';
import { ENOENT, NR } from '../../../harness/sys/libc.ts';
import { EXPECT, type ListedCall } from '../../../harness/sys/listed-call.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { type RecordedStep, WORKER_MARK, workerFolder } from '../../../harness/sys/recorder.ts';
import { callNumber } from '../../../harness/sys/syscall-names.ts';
import { runWorkers } from '../../../harness/sys/workers.ts';
import { needsRoot, OBJECT_BYTES, sampleImage, temporaryFolder, until } from './support.ts';

const skip = existsSync(workersProgram) ? false : 'the workers are not compiled';
const LIMIT_MS = 60_000;
const AT_FDCWD = -100;
const ERANGE = 34;
const SIGBUS = 7;

interface Crew {
  readonly lost?: string[];
  readonly workers?: number;
  readonly sharedServer?: readonly string[];
  readonly folder?: string;
  readonly limitMs?: number;
  readonly blobPath?: string;
}

/** Workers, by default one, live these lives, one after the other. */
const live = (
  t: TestContext,
  lives: readonly (readonly RecordedStep[])[],
  order: readonly number[],
  {
    workers = 1,
    sharedServer,
    folder = temporaryFolder(t),
    lost = [],
    limitMs = LIMIT_MS,
    blobPath = join(folder, 'blob'),
  }: Crew = {},
): LivesResult => {
  const machine = createMachine({} as never, { scratch: folder });
  writeFileSync(join(folder, 'blob'), 'x');
  for (let worker = 0; worker < workers; worker++)
    for (const name of ['at', 'own'])
      mkdirSync(join(folder, workerFolder(worker), name), { recursive: true });
  const [at, own] = ['at', 'own'].map((name) => join(folder, WORKER_MARK, name)) as [string, string];
  const result = runWorkers({
    machine,
    scratch: folder,
    blobPath,
    limitMs: () => limitMs,
    script: {
      images: lives.map((steps) => ({ steps, at, folder: own })),
      sharedServer: sharedServer ?? null,
      blob: new Map(),
      workers,
      order,
      dueNs: null,
      mostLateNs: null,
      mostNs: LIMIT_MS * 1e6,
    },
  });
  lost.push(...machine.servers.lost());
  return result;
};

/** Fails with ENOENT, and has no sentence of its own. */
const failing: ListedCall = {
  number: NR.statx,
  args: [AT_FDCWD, '/nowhere', 0, 0, Buffer.alloc(256)],
  onFailure: () => {},
};
const without = (path: string): ListedCall => ({
  ...failing,
  args: [AT_FDCWD, path, ...failing.args.slice(2)],
  wanted: ENOENT,
});

test('a failed call after a command is not reported with the status of the command', { skip }, (t) => {
  const { failed } = live(
    t,
    [
      [
        { phase: 'create', kind: 'command', argv: ['true'] },
        { phase: 'mount', kind: 'run', calls: [failing] },
      ],
    ],
    [0],
  );
  assert.deepEqual(
    failed.map(({ phase, code, message }) => ({ phase, code, message })),
    [{ phase: 'mount', code: 'ENOENT', message: 'a system call: ENOENT' }],
  );
});

test('pauses of a worker end when they should', { skip }, (t) => {
  const list = new CallListBuilder();
  const into = Buffer.alloc(64);
  const fd = list.openText('/proc/self/timerslack_ns', 0);
  list.add({ number: callNumber('read'), args: [fd, into, into.length], onFailure: () => {} });
  const [ONE_LINE, MASK] = [Buffer.from('1\n').readUInt16LE(0), 0xffff];
  list.add({ number: EXPECT, args: [{ bytes: into, at: 0 }, MASK, ONE_LINE, ERANGE], onFailure: () => {} });
  list.close(fd);
  const { failed } = live(t, [[{ phase: 'mount', kind: 'run', calls: list.calls }]], [0]);
  assert.deepEqual(failed, []);
});

test('a list that fails leaves no descriptor in its worker', { skip }, (t) => {
  const list = new CallListBuilder();
  list.open('/dev/null', 0);
  list.close(list.open('/dev/null', 0));
  list.open('/dev/null', 0);
  list.add(failing);
  list.close(list.open('/dev/null', 0));
  const { failed, lives } = live(
    t,
    [
      [{ phase: 'mount', kind: 'run', calls: list.calls }],
      [{ phase: 'mount', kind: 'run', calls: [without('/proc/self/fd/60')] }],
    ],
    [...Array.from({ length: 40 }, () => 0), 1],
  );
  assert.equal(failed.length, 40);
  assert.equal(lives.length, 1);
});

const PRINTS_LIMIT = `
  import { encodeScript } from '../../../harness/sys/script.js';
  const script = encodeScript({ images: [], sharedServer: ['true'], blob: new Map(), workers: 1, order: [], dueNs: null, mostLateNs: null, mostNs: 0 }, 1000);
  // Header: steps at 40. A step: limit at 40.
  console.log(String(script.readBigInt64LE(Number(script.readBigInt64LE(40)) + 40)));
`;

const IGNORES_SIGTERM = `
  process.on('SIGTERM', () => {});
  require('node:fs').writeSync(3, Buffer.of(0));
  setInterval(() => {}, 1000);
`;

test('a shared server that has to be killed at the end fails the workers', { skip }, (t) => {
  const lost: string[] = [];
  const sharedServer = [process.execPath, '-e', IGNORES_SIGTERM, '--', '{control}'];
  live(t, [[{ phase: 'mount', kind: 'run', calls: [without('/nowhere')] }]], [0], { sharedServer, lost });
  assert.deepEqual(lost, [
    'the server workers ended with exit code 1: workers: the shared server did not end after SIGTERM and was killed',
  ]);
});

for (const [what, argv] of [
  ['is silent', ['sleep', '60']],
  ['closes its descriptor and runs on', ['sh', '-c', 'exec 3>&-; exec sleep 60']],
] as const)
  test(`a server that ${what} is not ready in time`, { skip }, (t) => {
    const { failed } = live(t, [[{ phase: 'mount', kind: 'serve', argv, server: 0, limitMs: 200 }]], [0]);
    assert.deepEqual(
      failed.map(({ code, message }) => ({ code, message })),
      [{ code: 'timeout', message: `${argv[0]}: not ready after 200 ms` }],
    );
  });

test('a failure is not explained by the words of a program of an earlier life', { skip }, (t) => {
  const { failed } = live(
    t,
    [
      [{ phase: 'create', kind: 'command', argv: ['sh', '-c', 'echo No space left on device >&2'] }],
      [{ phase: 'create', kind: 'command', argv: ['false'] }],
    ],
    [0, 1],
  );
  assert.deepEqual(
    failed.map(({ code, message }) => ({ code, message })),
    [{ code: 'command-failed', message: 'false: exit 1' }],
  );
});

test('limits of workers are longer where the CPU is emulated', () => {
  const limitWith = (environment: NodeJS.ProcessEnv): bigint => {
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', PRINTS_LIMIT], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      cwd: import.meta.dirname,
    });
    assert.equal(ran.status, 0, ran.stderr);
    return BigInt(ran.stdout);
  };
  const guest = JSON.stringify({ emulated: true, commit: null, limitNs: 1 });
  assert.equal(limitWith({ CFSBENCH_GUEST: guest }), 30n * limitWith({}));
});

/** Replies when both workers have sent their message. */
const WAITS_FOR_BOTH = `
  const { readSync, writeSync } = require('node:fs');
  const words = Buffer.alloc(64);
  writeSync(3, Buffer.of(0));
  for (const fd of [3, 4]) if (words.toString('latin1', 0, readSync(fd, words)) !== 'hello\\0') process.exit(1);
  for (const fd of [3, 4]) writeSync(fd, 'ok');
  setInterval(() => {}, 1000);
`;

test('no worker waits for the reply that the shared server owes to another', { skip }, (t) => {
  const { failed, lives } = live(t, [[{ phase: 'mount', kind: 'message', words: ['hello'] }]], [0, 0], {
    workers: 2,
    sharedServer: [process.execPath, '-e', WAITS_FOR_BOTH, '--', '{control}'],
  });
  assert.deepEqual(failed, []);
  assert.deepEqual(lives.map(({ worker }) => worker).sort(), [0, 1]);
});

test('workers mount over one server at the same time', {
  skip: skip || needsRoot || (existsSync(serverPath) ? false : 'the server is not compiled'),
}, (t) => {
  const folder = temporaryFolder(t);
  const { image, objects } = sampleImage(folder);
  const at = join(folder, WORKER_MARK, 'at');
  const [use, unmount] = [new CallListBuilder(), new CallListBuilder()];
  const fd = use.openText(join(at, 'sub/object'), 0);
  use.add({
    number: callNumber('read'),
    args: [fd, Buffer.alloc(OBJECT_BYTES), OBJECT_BYTES],
    onFailure: () => {},
  });
  use.close(fd);
  unmount.unmount(at);
  const { failed, lives } = live(
    t,
    [
      [
        { phase: 'mount', kind: 'message', words: ['mount', image, at, '', objects] },
        { phase: 'use', kind: 'run', calls: use.calls },
        { phase: 'unmount', kind: 'run', calls: unmount.calls },
      ],
    ],
    Array.from({ length: 40 }, () => 0),
    { workers: 4, sharedServer: [serverPath, '--control-fd', '{control}'], folder },
  );
  assert.deepEqual(failed, []);
  assert.equal(lives.length, 40);
});

/** The worker sends itself this signal. */
const killingItself = (signal: number): RecordedStep => {
  const list = new CallListBuilder();
  const pid = list.add({ number: callNumber('getpid'), args: [], onFailure: () => {} });
  list.add({ number: callNumber('kill'), args: [pid, signal], onFailure: () => {} });
  return { phase: 'mount', kind: 'run', calls: list.calls };
};

test('a worker that a signal ends is named with the signal', { skip }, (t) => {
  const lost: string[] = [];
  live(t, [[killingItself(SIGBUS)]], [0], { workers: 2, lost });
  assert.match(lost.join(), /ended with exit code 1: workers: worker [01] was killed by signal 7$/);
});

test('a disk without room for the results is named before a life begins', {
  skip: skip || needsRoot,
}, (t) => {
  const folder = temporaryFolder(t);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'disk', folder]);
  try {
    const order = Array.from({ length: 2000 }, () => 0);
    assert.throws(() => live(t, [[killingItself(0)]], order, { folder }), { code: 'ENOSPC' });
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('workers without the file of manifests do not begin', { skip }, (t) => {
  assert.throws(
    () => live(t, [[killingItself(0)]], [0], { blobPath: '/nowhere/blob' }),
    (error: UserError) => error.facts.includes('workers: /nowhere/blob: No such file or directory'),
  );
});

test('a command ends with its worker', { skip }, async (t) => {
  // A number that no other process has in its arguments.
  const argv = ['sleep', `1${process.pid}`];
  const argumentsOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    } catch {
      return ''; // It ended meanwhile.
    }
  };
  const isRunning = (): boolean =>
    readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && argumentsOf(pid) === `${argv.join('\0')}\0`);
  assert.throws(() => live(t, [[{ phase: 'create', kind: 'command', argv }]], [0], { limitMs: 500 }), {
    code: 'timeout',
  });
  await until('the command ends', () => !isRunning());
});
