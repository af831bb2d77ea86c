import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { probeNamespaces } from '../../../harness/sys/namespace-probe.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { childrenOf } from '../../processes.ts';
import { needsOtherUser, needsRoot, temporaryFolder, until } from './support.ts';

const OUTER = fileURLToPath(new URL('./namespace-outer.js', import.meta.url));
/** Exit code of the outer process. */
const KILLED = 9;
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

const found = await probeNamespaces();
const skip = found.kind === 'refused' ? `no private namespace: ${found.reason}` : false;
const skipRootless =
  needsOtherUser || (findProgram('setpriv') === null ? 'needs setpriv to become another user' : false);

/** Processes of the machine with the test's folder in their command line or environment. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const words =
          readFileSync(`/proc/${pid}/cmdline`, 'latin1') + readFileSync(`/proc/${pid}/environ`, 'latin1');
        return words.includes(folder);
      } catch {
        return false;
      }
    });

/** Mount namespaces of all processes of the machine. */
const mountsOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/mountinfo`, 'latin1').includes(folder);
      } catch {
        return false;
      }
    });

interface Started {
  readonly outer: ChildProcess;
  /** Exit code and signal. */
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
  readonly folder: string;
  readonly said: () => string;
}

/** Starts an outer process. The inner one mounts, starts a server and an orphan, and then acts by `mode`. */
const start = async (t: TestContext, mode: string, as: readonly string[]): Promise<Started> => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o777);
  const argv = [...as, process.execPath, OUTER, mode, folder];
  const outer = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  // `close` comes after the exit and the end of the output.
  const ended = once(outer, 'close') as Promise<[number | null, string | null]>;
  t.after(() => outer.kill('SIGKILL'));
  let text = '';
  for (const stream of [outer.stdout, outer.stderr])
    stream!.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
  await until('the inner process is ready', () => text.includes('ready\n'));
  return { outer, ended, folder, said: () => text };
};

const everythingGone = (folder: string): Promise<void> =>
  until('nothing is left', () => processesOf(folder).length === 0 && mountsOf(folder).length === 0);

const cases = [
  { who: 'root', as: [], skip: needsRoot || skip },
  { who: 'an ordinary user', as: NOBODY, skip: skipRootless },
] as const;

for (const { who, as, skip } of cases) {
  for (const mode of ['wait', 'block'])
    test(`kill -9 of the outer process leaves no process and no mount: ${who}, inner ${mode}s`, {
      skip,
    }, async (t) => {
      const { outer, folder } = await start(t, mode, as);
      assert.ok(processesOf(folder).length >= 4, 'inner process, server and orphan were there');
      outer.kill('SIGKILL');
      await everythingGone(folder);
    });

  test(`the outer process returns the inner exit code, and orphans are killed: ${who}`, {
    skip,
  }, async (t) => {
    const { ended, folder } = await start(t, 'exit', as);
    assert.deepEqual(await ended, [5, null]);
    await everythingGone(folder);
  });

  test(`an interrupt is forwarded to the inner process: ${who}`, { skip }, async (t) => {
    const { outer, ended, folder, said } = await start(t, 'wait', as);
    outer.kill('SIGINT');
    assert.deepEqual(await ended, [7, null]);
    assert.match(said(), /interrupted/);
    await everythingGone(folder);
  });
}

test('a second interrupt kills an inner process that ignores the first', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { outer, ended, folder, said } = await start(t, 'block', []);
  outer.kill('SIGINT');
  // The kernel merges two pending signals.
  await until('the first one arrived', () => said().includes('outer interrupted\n'));
  outer.kill('SIGINT');
  assert.deepEqual(await ended, [KILLED, null]);
  await everythingGone(folder);
});

/** Since it ends itself as its child ended, nobody can tell which of the two was killed. */
const unsharePassesOn =
  spawnSync('unshare', ['--fork', 'sh', '-c', 'kill -KILL $$'], { stdio: 'ignore' }).signal === 'SIGKILL';
const EITHER =
  'unshare, which started the measuring process, or the first process of its namespace was killed by SIGKILL';

const killings = [
  { who: 'the inner process', depth: 3, what: 'the measuring process was killed by SIGKILL' },
  {
    who: 'the first process of the namespace',
    depth: 2,
    what: unsharePassesOn
      ? EITHER
      : 'the first process of the namespace of the measuring process was killed by SIGKILL',
  },
  { who: 'unshare', depth: 1, what: EITHER },
];

for (const { who, depth, what } of killings)
  test(`kill -9 of ${who} leaves nothing, and the outer process says what happened in one sentence`, {
    skip: needsRoot || skip,
  }, async (t) => {
    const { outer, ended, folder, said } = await start(t, 'block', []);
    let pid = outer.pid!;
    for (let level = 0; level < depth; level++) pid = childrenOf(pid)[0]!;
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await ended, [KILLED, null]);
    assert.equal(said(), `ready\n${what}\n`);
    await everythingGone(folder);
  });

test('inner mounts are not visible outside, orphans are reaped, no descriptor is inherited', {
  skip,
}, async (t) => {
  const { ended, folder, said } = await start(t, 'report', []);
  await ended;
  assert.equal(existsSync(join(folder, 'at', 'inside')), false);
  assert.match(said(), /zombies: none\n/);
  assert.match(said(), /inherited: none\n/);
});
