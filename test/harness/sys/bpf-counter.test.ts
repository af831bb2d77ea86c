import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { CallCounter, CallsOfProcess } from '../../../harness/model/machine.ts';
import { type BpfCounter, openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { runCommand } from '../../../harness/sys/commands.ts';
import { waitForIdle } from '../../../harness/sys/idle.ts';
import { openLog } from '../../../harness/sys/logs.ts';
import { startServer } from '../../../harness/sys/servers.ts';
import { cleanEnvironment, findProgram, programPath } from '../../../harness/sys/spawn.ts';
import { parseStraceSummary } from '../../../harness/sys/strace.ts';
import { stepwiseFiles as files, needsRoot, temporaryFolder } from './support.ts';

const FILES = 300;
const RUNS = 3;
const LIMIT_MS = 60_000;
const skipCompared = needsRoot || (findProgram('strace') === null ? 'needs strace' : false);

const THREAD_CALLS = 20_000;
/** Four threads that begin at the same moment to make as many calls of access(2), which Node.js itself does not make there. */
const THREADS = `import { accessSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
if (isMainThread) {
  const ready = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 4; i++) new Worker(new URL(import.meta.url), { workerData: { ready, calls: Number(process.argv[2]) } });
} else {
  const { ready, calls } = workerData;
  if (Atomics.add(ready, 0, 1) === 3) Atomics.notify(ready, 0);
  for (let seen = Atomics.load(ready, 0); seen < 4; seen = Atomics.load(ready, 0)) Atomics.wait(ready, 0, seen, 50);
  for (let i = 0; i < calls; i++) accessSync('/');
}
`;

const open = (t: TestContext): BpfCounter => {
  const counter = openBpfCounter();
  t.after(() => counter.close());
  return counter;
};

const plain = (calls: ReadonlyMap<string, number> | undefined): Record<string, number> =>
  Object.fromEntries([...(calls ?? [])].sort());

const all = (calls: CallsOfProcess | undefined): Record<string, number> => {
  const sum = new Map(calls?.main ?? []);
  for (const [name, count] of calls?.otherThreads ?? []) sum.set(name, (sum.get(name) ?? 0) + count);
  return plain(sum);
};

const countCommand = async (
  counter: CallCounter,
  argv: readonly string[],
): Promise<Record<string, number>> => {
  let pid = 0;
  await runCommand(argv, {
    onSpawn: (started) => {
      pid = started;
    },
  });
  return all(counter.snapshot().get(pid));
};

const traced = (argv: readonly string[], folder: string): Record<string, number> => {
  const output = join(folder, 'strace');
  const [name = '', ...rest] = argv;
  execFileSync('strace', ['-f', '-c', '-o', output, '--', programPath(name), ...rest], {
    stdio: 'ignore',
    env: cleanEnvironment(),
  });
  return plain(parseStraceSummary(readFileSync(output, 'utf8')));
};

const archive = (folder: string): string => {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'deep'), { recursive: true });
  for (let i = 0; i < FILES; i++) writeFileSync(join(tree, i % 2 === 0 ? '.' : 'deep', `file-${i}`), `${i}`);
  const tar = join(folder, 'tree.tar');
  execFileSync('tar', ['-C', tree, '-cf', tar, '.']);
  return tar;
};

describe('the BPF counter', { skip: skipCompared }, () => {
  test('counts the same calls of tar, ls and rm as strace -f -c, three times', async (t) => {
    const folder = temporaryFolder(t);
    const into = join(folder, 'into');
    const commands = [
      ['tar', '--numeric-owner', '-p', '-xf', archive(folder), '-C', into],
      ['ls', '-lR', into],
      [
        'rm',
        '-rf',
        join(into, 'deep'),
        ...Array.from({ length: FILES / 2 }, (_, i) => join(into, `file-${2 * i}`)),
      ],
    ];
    mkdirSync(into);
    const byStrace = commands.map((argv) => traced(argv, folder));
    const counter = open(t);
    for (let run = 0; run < RUNS; run++)
      for (const [index, argv] of commands.entries())
        assert.deepEqual(await countCommand(counter, argv), byStrace[index], argv.join(' ').slice(0, 40));
    assert.ok((byStrace[2]?.['unlinkat'] ?? 0) >= FILES);
  });

  test('counts the same calls of a server as strace -f -c, between two idle moments', (t) => {
    const folder = temporaryFolder(t);
    const fifo = join(folder, 'requests');
    execFileSync('mkfifo', [fifo]);
    const script = `exec 4<>${fifo}; echo >&3; while read -r line <&4; do [ "$line" = end ] && exit 0; : <${fifo}.x; done`;
    writeFileSync(`${fifo}.x`, '');
    const ask = (text: string): void => writeFileSync(fifo, `${text}\n`);
    const counter = open(t);
    const counts = [1, 2, 3].map(() => {
      const server = startServer({ argv: ['sh', '-c', script], log: openLog(), limitMs: LIMIT_MS });
      t.after(() => server.close(0));
      assert.deepEqual(waitForIdle([server.pid]), []);
      const before = all(counter.snapshot().get(server.pid));
      ask('one');
      ask('two');
      assert.deepEqual(waitForIdle([server.pid]), []);
      const between = all(counter.snapshot().get(server.pid));
      ask('end');
      assert.ok(server.exited(LIMIT_MS));
      const whole = all(counter.snapshot().get(server.pid));
      return { opened: (between['openat'] ?? 0) - (before['openat'] ?? 0), whole };
    });
    assert.equal(counts[0]?.opened, 2);
    assert.deepEqual(counts[1], counts[0]);
    assert.deepEqual(counts[2], counts[0]);

    const output = join(folder, 'strace');
    const tracer = startServer({
      argv: ['strace', '-f', '-c', '-o', output, '--', programPath('sh'), '-c', script],
      log: openLog(),
      limitMs: LIMIT_MS,
    });
    t.after(() => tracer.close(0));
    for (const text of ['one', 'two', 'end']) {
      ask(text);
      assert.deepEqual(waitForIdle([tracer.pid]), []);
    }
    assert.ok(tracer.exited(LIMIT_MS));
    assert.deepEqual(counts[0]?.whole, plain(parseStraceSummary(readFileSync(output, 'utf8'))));
  });

  test('begins at the first exec after a fork and continues over later ones', async (t) => {
    const folder = temporaryFolder(t);
    const counter = open(t);
    const argv = ['env', 'A=1', programPath('true')];
    assert.deepEqual(await countCommand(counter, argv), traced(argv, folder));
    assert.equal(traced(argv, folder)['execve'], 2);
  });

  test('separates the calls of other threads from those of the main thread', async (t) => {
    const folder = temporaryFolder(t);
    const counter = open(t);
    files.mkdir(join(folder, 'made'), 0o700);
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, 'made-by-a-worker'));
    const own = counter.snapshot().get(process.pid);
    assert.equal(own?.main.get('mkdir'), 1);
    assert.equal(own?.otherThreads.get('mkdir'), 1);
  });

  test('loses no call of concurrent processes on all CPUs', async (t) => {
    const counter = open(t);
    const pids: number[] = [];
    const onSpawn = (pid: number): void => {
      pids.push(pid);
    };
    const loop = 'i=0; while [ $i -lt 3000 ]; do : </dev/null; i=$((i+1)); done';
    await Promise.all([1, 2, 3, 4].map(() => runCommand(['sh', '-c', loop], { onSpawn })));
    const seen = counter.snapshot();
    const opened = pids.map((pid) => seen.get(pid)?.main.get('openat') ?? 0);
    assert.equal(new Set(opened).size, 1, opened.join(' '));
    assert.ok((opened[0] ?? 0) >= 3000);
    const { skippedCount, caughtCount, execCounts, unwrittenCount } = counter.skips();
    assert.equal(skippedCount, caughtCount);
    assert.equal(Math.min(...execCounts), 0);
    assert.equal(unwrittenCount, 0);
  });

  test('loses no call that threads of one process make at the same time', async (t) => {
    const counter = open(t);
    const script = join(temporaryFolder(t), 'threads.mjs');
    writeFileSync(script, THREADS);
    const accesses = async (calls: number): Promise<number> => {
      let pid = 0;
      await runCommand([process.execPath, script, String(calls)], {
        onSpawn: (started) => {
          pid = started;
        },
      });
      return counter.snapshot().get(pid)?.otherThreads.get('access') ?? 0;
    };
    const without = await accesses(0);
    for (let run = 0; run < RUNS; run++)
      assert.equal((await accesses(THREAD_CALLS)) - without, 4 * THREAD_CALLS);
  });

  test('the second program counts only the calls that the first one did not see', async (t) => {
    const counter = open(t);
    const bySecond = openBpfCounter({ withoutFirst: true });
    t.after(() => bySecond.close());
    let pid = 0;
    await runCommand(['true'], {
      onSpawn: (started) => {
        pid = started;
      },
    });
    const calls = bySecond.calls().get(pid);
    assert.ok((calls?.main.get('openat') ?? 0) > 0);
    assert.deepEqual(calls, counter.snapshot().get(pid));
    assert.ok(bySecond.skips().caughtCount > 0);
    // The kernel skipped none of them.
    assert.throws(() => bySecond.snapshot(), { code: 'lost-counts' });
  });

  test('does not contain calls from before it was opened', async (t) => {
    const folder = temporaryFolder(t);
    const earlier = openBpfCounter();
    files.mkdir(join(folder, 'counted-earlier'), 0o700);
    let ended = 0;
    await runCommand(['true'], {
      onSpawn: (pid) => {
        ended = pid;
      },
    });
    assert.equal(earlier.snapshot().get(process.pid)?.main.get('mkdir'), 1);
    assert.ok(earlier.snapshot().has(ended));
    earlier.close();
    files.mkdir(join(folder, 'between'), 0o700);
    const counter = open(t);
    files.mkdir(join(folder, 'counted-now'), 0o700);
    const seen = counter.snapshot();
    assert.equal(seen.has(ended), false);
    assert.equal(seen.get(process.pid)?.main.get('mkdir'), 1);
  });

  test('keeps the descriptors of one counter for the next, and no others', () => {
    openBpfCounter().close();
    const before = files.names('/proc/self/fd').length;
    for (let i = 0; i < 3; i++) openBpfCounter().close();
    assert.equal(files.names('/proc/self/fd').length, before);
    const [first, second] = [openBpfCounter(), openBpfCounter()];
    first.close();
    second.close();
    assert.equal(files.names('/proc/self/fd').length, before);
  });
});
