// The ledger of a process that has ended, whose id the kernel gives to another one.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { runCommand } from '../../../harness/sys/commands.ts';
import { programPath } from '../../../harness/sys/spawn.ts';
import { needsCompiler, needsRoot, temporaryFolder } from './support.ts';

const PROGRAM = fileURLToPath(new URL('./reused-id-main.js', import.meta.url));
const YIELDS = 1000;
const IN_USE = 3;

const skip = needsRoot || needsCompiler;

const compiled = (t: TestContext, name: string): string => {
  const program = join(temporaryFolder(t), name);
  const source = fileURLToPath(new URL(`../../../../test/fixtures/${name}.c`, import.meta.url));
  execFileSync('cc', ['-O2', '-pthread', '-o', program, source]);
  return program;
};

/** Makes a process with this id, which calls sched_yield. Null: another process was faster. */
const reusing = (t: TestContext): ((pid: number) => true | null) => {
  const program = compiled(t, 'reuse-id');
  return (pid) => {
    const { status } = spawnSync(program, [String(pid), String(YIELDS)]);
    assert.ok(status === 0 || status === IN_USE, `exit code ${status}`);
    return status === 0 ? true : null;
  };
};

/** Id here of the process whose parent is that of the first process in the namespace of `unshare`. */
const childOf = (pid: number): number => {
  const found = readdirSync('/proc').find((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return Number(found);
};
const parentOf = (pid: string): number | undefined => {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  } catch {
    return undefined; // It ended meanwhile.
  }
};

/** What the counting process says after its counted process has ended and `between` was done with that one's id here. */
const counted = async (between: (pid: number) => void): Promise<unknown> => {
  const child = spawn(
    'unshare',
    ['--pid', '--fork', '--mount-proc', '--kill-child', process.execPath, PROGRAM],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string);
  try {
    assert.equal(await next(), 'begun');
    const pid = childOf(childOf(child.pid!));
    child.stdin.write('\n');
    assert.equal(await next(), 'ended');
    between(pid);
    child.stdin.write('\n');
    return await next();
  } finally {
    child.stdin.end();
    child.kill();
  }
};

test('calls of a process of another namespace are not those of an ended process with its id', {
  skip,
}, async (t) => {
  const reuse = reusing(t);
  const alone = await counted(() => {});
  let reused: true | null = null;
  for (let i = 0; i < 10 && reused === null; i++) {
    const beside = await counted((pid) => {
      reused = reuse(pid);
    });
    assert.deepEqual(beside, alone);
  }
  assert.equal(reused, true, 'ids were taken by other processes');
  assert.equal((alone as { yields: number }).yields, 0);
});

test('an id that is used again in the namespace makes the ledger fail', { skip }, async (t) => {
  const reuse = reusing(t);
  const counter = openBpfCounter();
  t.after(() => counter.close());
  const ended = async (): Promise<number> => {
    let ended = 0;
    await runCommand(['true'], {
      onSpawn: (pid) => {
        ended = pid;
      },
    });
    return ended;
  };
  let reused: true | null = null;
  for (let i = 0; i < 10 && reused === null; i++) {
    counter.snapshot();
    reused = reuse(await ended());
  }
  assert.equal(reused, true, 'ids were taken by other processes');
  assert.throws(() => counter.snapshot(), { code: 'lost-counts' });
});

test('a program that another thread than the main one runs is counted', { skip }, async (t) => {
  const program = compiled(t, 'exec-in-thread');
  const counter = openBpfCounter();
  t.after(() => counter.close());
  const countOf = async (argv: readonly string[]): Promise<number> => {
    let calls = 0;
    await runCommand(argv, {
      onExit: (pid) => {
        calls = [...(counter.snapshot().get(pid)?.main.values() ?? [])].reduce((a, b) => a + b, 0);
      },
    });
    return calls;
  };
  assert.ok((await countOf([program, programPath('true')])) > (await countOf(['true'])));
});
