// Runs that are killed or interrupted: what they leave behind.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findProgram } from '../../harness/sys/spawn.ts';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  isBelow,
  leftOf,
  PROGRAM,
  processesWith,
  program,
  type Running,
  readRun,
  readSamples,
  samplesSoFar,
  start,
  startProgram,
} from './support.ts';

/** About a second on a quiet machine; the test prints the time. */
const GONE_LIMIT_MS = 30_000;
const SEEN_LIMIT_MS = 60_000;
const EXIT_INTERRUPTED = 130;

interface Midway {
  readonly home: string;
  readonly out: string;
  readonly run: Running;
}

const begin = (t: TestContext, options: readonly string[]): Midway => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  return { home, out, run: startProgram(t, ['run', ...options, '--out', out]) };
};

const runs = (folder: string, name: string): boolean =>
  processesWith(folder).some(({ words }) => words[0]?.split('/').at(-1) === name);

/** Kills the outer process when `when` holds, and waits until its processes and mounts are gone. */
const killMidway = async (t: TestContext, { home, run }: Midway, when: () => boolean): Promise<void> => {
  await eventually('the moment to kill', SEEN_LIMIT_MS, when);
  run.child.kill('SIGKILL');
  const killedMs = Date.now();
  await eventually('everything gone', GONE_LIMIT_MS, () => leftOf(home).length === 0).catch(() =>
    assert.deepEqual(leftOf(home), [], 'left after the kill'),
  );
  t.diagnostic(`everything was gone ${Date.now() - killedMs} ms after the kill`);
};

const WORKS = /^\.cfsbench-work-/;

test('kill -9 while tar unpacks leaves no process and no mount, and clean removes the work folder', {
  skip: needsRoot,
}, async (t) => {
  const midway = begin(t, [
    '--images',
    'synthetic:files=1500,layers=1,seed=1',
    '--backends',
    'unpacked-overlay',
    '--scenarios',
    'churn',
  ]);
  await killMidway(t, midway, () => runs(midway.home, 'tar'));
  const left = readdirSync(midway.home).filter((name) => WORKS.test(name));
  assert.equal(left.length, 1);
  const dryRun = await program(t, ['clean', '--dry-run', midway.home]);
  assert.match(dryRun.stdout, /^would remove: /);
  assert.ok(existsSync(join(midway.home, left[0]!)));
  const cleaned = await program(t, ['clean', midway.home]);
  assert.equal(cleaned.code, 0, cleaned.stderr);
  assert.equal(cleaned.stdout, `removed: ${join(midway.home, left[0]!)}\n`);
  assert.deepEqual(readdirSync(midway.home), existsSync(midway.out) ? ['results'] : []);
});

test('kill -9 during a walk over FUSE leaves neither server nor mount', {
  skip: needsRoot,
}, async (t) => {
  const midway = begin(t, [
    '--images',
    'synthetic:files=1500,layers=1,seed=1',
    '--backends',
    'composefs-fuse',
    '--scenarios',
    'walk-warm',
  ]);
  await killMidway(t, midway, () => runs(midway.home, 'cfs-fuse') && runs(midway.home, 'ls'));
});

test('kill -9 while rm removes files leaves no rm', { skip: needsRoot }, async (t) => {
  const midway = begin(t, [
    '--images',
    'synthetic:files=1500,layers=1,seed=1',
    '--backends',
    'unpacked-overlay',
    '--scenarios',
    'churn',
  ]);
  await killMidway(t, midway, () => runs(midway.home, 'rm'));
});

test('one interrupt keeps the samples, ends with exit code 130 and a report, and leaves nothing behind', {
  skip: needsRoot,
}, async (t) => {
  const { home, out, run } = begin(t, [
    ...['--images', 'synthetic:files=150,layers=2,seed=1', '--budget', '10m'],
    ...['--scenarios', 'churn,walk-warm'],
  ]);
  await eventually('a few samples', SEEN_LIMIT_MS, () => samplesSoFar(out) > 4);
  run.child.kill('SIGINT');
  const { code, stderr, stdout } = await run.done;
  assert.equal(code, EXIT_INTERRUPTED, stderr);
  assert.match(stderr, /interrupted/);
  assert.match(stdout, /Results: /);
  assert.equal(readRun(out).status, 'interrupted');
  assert.ok(readSamples(out).length > 4);
  assert.ok(statSync(join(out, 'report.html')).size > 0);
  assert.deepEqual(leftOf(home), []);
  assert.deepEqual(readdirSync(home), ['results']);
});

test('an interrupt before the first sample ends with exit code 130', {
  skip: needsRoot,
}, async (t) => {
  const { home, out, run } = begin(t, [
    ...['--images', 'synthetic:files=1500,layers=2,seed=1', '--scenarios', 'churn,walk-warm'],
  ]);
  await eventually('the work folder', SEEN_LIMIT_MS, () =>
    readdirSync(home).some((name) => WORKS.test(name)),
  );
  run.child.kill('SIGINT');
  const { code, stderr } = await run.done;
  assert.equal(code, EXIT_INTERRUPTED, stderr);
  assert.equal(readRun(out).status, 'interrupted');
  assert.deepEqual(leftOf(home), []);
  assert.deepEqual(readdirSync(home), ['results']);
});

/** A `tar` that hangs once the file `armed` exists. */
const hangingTar = (home: string, armed: string): Record<string, string> => {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const real = findProgram('tar')!;
  writeFileSync(join(bin, 'tar'), `#!/bin/sh\n[ ! -e ${armed} ] || exec sleep 600\nexec ${real} "$@"\n`);
  chmodSync(join(bin, 'tar'), 0o755);
  return { PATH: `${bin}:${process.env['PATH']}` };
};

const SIGINT_BIT = 1n << 1n;

/** Whether no SIGINT is pending: a second one would be merged with it. */
const isDelivered = (pid: number): boolean => {
  const pending = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]!;
  return (BigInt(`0x${pending}`) & SIGINT_BIT) === 0n;
};

test('a second interrupt ends the run at once, within a slot', { skip: needsRoot }, async (t) => {
  const home = diskFolder(t);
  const [out, armed] = [join(home, 'results'), join(home, 'armed')];
  const what = ['--images', 'synthetic:files=40,layers=1,seed=1', '--backends', 'unpacked-overlay'];
  const argv = [process.execPath, PROGRAM, 'run', ...what, '--scenarios', 'churn', '--out', out];
  const run = start(t, argv, hangingTar(home, armed));
  await eventually('a sample', SEEN_LIMIT_MS, () => samplesSoFar(out) > 0);
  writeFileSync(armed, '');
  await eventually('a tar that hangs', SEEN_LIMIT_MS, () =>
    processesWith('sleep').some(({ pid, words }) => words[1] === '600' && isBelow(pid, run.child.pid!)),
  );
  run.child.kill('SIGINT');
  await eventually('the delivery of the first interrupt', SEEN_LIMIT_MS, () => isDelivered(run.child.pid!));
  run.child.kill('SIGINT');
  const interruptedMs = Date.now();
  const { code, stderr } = await run.done;
  await eventually('everything gone', GONE_LIMIT_MS, () => leftOf(home).length === 0);
  t.diagnostic(`ended ${Date.now() - interruptedMs} ms after the second interrupt`);
  assert.equal(code, EXIT_INTERRUPTED, stderr);
  assert.equal(readRun(out).status, 'running', 'the status of a run that was cut off');
});
