import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import type { CallSnapshot, Features, Machine } from '../../../harness/model/machine.ts';
import type { ArmedProbe, ProbeContext, Slot } from '../../../harness/model/scenario.ts';
import { probe } from '../../../harness/probes/syscalls.ts';
import { FEATURE_IDS } from '../../../harness/sys/features/registry.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { needsRoot, temporaryFolder } from '../sys/support.ts';

const SLOT: Slot = {
  seq: 0,
  block: 0,
  order: 0,
  pass: 'count',
  scenario: 'churn',
  arm: 'null',
  backend: 'erofs-overlay',
  image: 'image',
  cache: 'warm',
  params: {},
};

const features = Object.fromEntries(
  FEATURE_IDS.map((id) => [id, { ok: true, detail: 'assumed', hint: '' }]),
) as Features;

type Made = Record<number, { main?: Record<string, number>; otherThreads?: Record<string, number> }>;

const snapshotOf = (made: Made): CallSnapshot =>
  new Map(
    Object.entries(made).map(([pid, { main = {}, otherThreads = {} }]) => [
      Number(pid),
      { main: new Map(Object.entries(main)), otherThreads: new Map(Object.entries(otherThreads)) },
    ]),
  );

/** Arms the probe on a counter with the snapshot of the test. */
const armScripted = async (show: () => CallSnapshot, source: 'bpf' | 'strace' = 'bpf') => {
  const real = createMachine(features, { scratch: '/nonexistent' });
  const machine: Machine = {
    ...real,
    meters: {
      ...real.meters,
      waitForIdle: (pids) => pids.filter((pid) => pid === 13),
      callCounter: () => ({ source, snapshot: show, close() {} }),
    },
  };
  const context: ProbeContext = { machine, slot: SLOT, scratch: '/nonexistent' };
  return probe.arm!(context);
};

test('calls are counted by phase and actor, without those between phases', async () => {
  const own = process.pid;
  let now: CallSnapshot = snapshotOf({ 7: { main: { read: 3 } }, [own]: { main: { mkdir: 4 } } });
  const armed = await armScripted(() => now);
  armed.serverStarted?.('server', 7);
  armed.start('create');
  now = snapshotOf({ 7: { main: { read: 3 } }, [own]: { main: { mkdir: 5, mmap: 2 } } });
  armed.childStarted?.('tar', 8);
  now = snapshotOf({
    7: { main: { read: 5 }, otherThreads: { read: 1, pread64: 1 } },
    8: { main: { openat: 9 } },
    9: { main: { brk: 1 } },
    [own]: { main: { mkdir: 5, mmap: 2, openat: 1, wait4: 1 }, otherThreads: { futex: 6 } },
  });
  armed.childEnded?.('tar', 8);
  armed.stop('create');
  armed.start('mount');
  armed.stop('mount');
  assert.deepEqual(await armed.collect(), {
    ledger: {
      create: {
        harness: { mkdir: 1 },
        runtime: { futex: 6, mmap: 2, openat: 1, wait4: 1 },
        server: { pread64: 1, read: 3 },
        tar: { openat: 9 },
        unlisted: { brk: 1 },
      },
    },
    values: { createCallCount: 14 },
    notes: [],
  });
});

test('a process that called exec between two snapshots is counted from the exec', async () => {
  let now = snapshotOf({ 8: { main: { close: 40, dup2: 3 } } });
  const armed = await armScripted(() => now);
  armed.start('use');
  now = snapshotOf({ 8: { main: { execve: 1, close: 2 } } });
  armed.childStarted?.('ls', 8);
  armed.childEnded?.('ls', 8);
  armed.stop('use');
  assert.deepEqual((await armed.collect()).ledger, { use: { ls: { close: 2, execve: 1 } } });
});

test('after a lost count only a note is reported', async () => {
  let lost = false;
  const armed = await armScripted(() => {
    if (lost) throw new UserError('system calls were not all counted');
    return snapshotOf({ 8: { main: { read: 1 } } });
  });
  armed.start('use');
  lost = true;
  armed.stop('use');
  lost = false;
  assert.deepEqual(await armed.collect(), {
    notes: ['system calls not measured: system calls were not all counted'],
  });
});

test('a server that never becomes idle and a count by strace are noted', async () => {
  const armed = await armScripted(() => new Map(), 'strace');
  armed.serverStarted?.('server', 13);
  armed.start('use');
  armed.stop('use');
  const { notes = [] } = await armed.collect();
  assert.match(notes.join('\n'), /server server never became idle/);
  assert.match(notes.join('\n'), /strace -f -c, which slows them about 50 times/);
});

test('a real slot has the same ledger three times', { skip: needsRoot }, async (t) => {
  const folder = temporaryFolder(t);
  const tree = join(folder, 'tree');
  mkdirSync(tree);
  for (let i = 0; i < 50; i++) writeFileSync(join(tree, `file-${i}`), 'x');
  const tar = join(folder, 'tree.tar');
  execFileSync('tar', ['-C', folder, '-cf', tar, 'tree']);
  const into = join(folder, 'into');
  mkdirSync(into);

  const slot = async () => {
    let armed: ArmedProbe | null = null;
    const machine = createMachine(features, {
      scratch: folder,
      hooks: {
        childStarted: (actor, pid) => armed?.childStarted?.(actor, pid),
        childEnded: (actor, pid) => armed?.childEnded?.(actor, pid),
        serverStarted: (actor, { pid }) => armed?.serverStarted?.(actor, pid),
      },
    });
    const probing = await probe.arm!({ machine, slot: SLOT, scratch: folder });
    armed = probing;
    try {
      const manifest = join(folder, 'manifest');
      probing.start('create');
      await machine.command('tar', ['tar', '-xf', tar, '-C', into]);
      machine.files.writeNew(manifest, Buffer.alloc(100_000));
      probing.stop('create');
      probing.start('settle');
      let polls = 0;
      machine.waitFor(() => machine.files.leaseFree(manifest) && polls++ > 3, 1000);
      probing.stop('settle');
      probing.start('destroy');
      await machine.command('rm', ['rm', '-rf', join(into, 'tree')]);
      machine.files.unlink(manifest);
      probing.stop('destroy');
      const { ledger = {} } = await probing.collect();
      // `unlisted` are other processes of the machine: unlike a run, the test has no PID namespace.
      return Object.fromEntries(
        Object.entries(ledger).map(([phase, actors]) => {
          const { runtime: _, unlisted: __, ...exact } = actors;
          return [phase, exact];
        }),
      );
    } finally {
      probing.close?.();
    }
  };

  const first = await slot();
  assert.deepEqual(await slot(), first);
  assert.deepEqual(await slot(), first);
  assert.equal(first['create']?.['harness']?.['write'], 1, 'a manifest is one write(2)');
  assert.equal(first['create']?.['harness']?.['openat'], 1);
  assert.ok((first['create']?.['tar']?.['openat'] ?? 0) >= 50);
  assert.deepEqual(first['settle'], {}, 'waiting is not work');
  assert.equal(first['destroy']?.['harness']?.['unlink'], 1);
  assert.ok((first['destroy']?.['rm']?.['unlinkat'] ?? 0) >= 51);
});
