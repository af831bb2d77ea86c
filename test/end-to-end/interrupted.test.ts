// Runs that are interrupted: each ends soon, whatever it does at that moment, with exit code 130 and with what was measured.
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
import { describe, type TestContext, test } from 'node:test';
import { findProgram } from '../../harness/sys/spawn.ts';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  type Finished,
  isBelow,
  leftOf,
  PROGRAM,
  processesWith,
  type Running,
  readRun,
  readSamples,
  SEEN_LIMIT_MS,
  samplesSoFar,
  start,
  wasSent,
} from './support.ts';

/** Two seconds on a quiet machine; the test prints the time. No step of a run that hangs ends by itself before half a minute. */
const ENDED_LIMIT_MS = 28_000;
const INTERRUPTED = 130;

const SMALL = ['--images', 'synthetic:files=40,layers=1,seed=1', '--scenarios', 'churn,walk-warm'];
const LARGER = ['--images', 'synthetic:files=3000,layers=2,seed=1', '--scenarios', 'walk-warm'];

interface Started {
  readonly home: string;
  readonly out: string;
  readonly run: Running;
}

/** `env`: made from the folder of the test. */
const begin = (
  t: TestContext,
  options: readonly string[],
  env: (home: string) => Record<string, string> = () => ({}),
): Started => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const argv = [process.execPath, PROGRAM, 'run', ...options, '--budget', '10m', '--out', out];
  return { home, out, run: start(t, argv, env(home)) };
};

/** Waits for the end after an interrupt. Nothing but results and the folders `kept` stays. */
const ended = async (
  t: TestContext,
  { home, run }: Started,
  kept: readonly string[] = [],
): Promise<Finished> => {
  const fromMs = Date.now();
  const done = await run.done;
  const tookMs = Date.now() - fromMs;
  t.diagnostic(`ended after ${tookMs} ms`);
  assert.ok(tookMs < ENDED_LIMIT_MS, `ended after ${tookMs} ms`);
  assert.equal(done.code, INTERRUPTED, done.stderr);
  assert.deepEqual(leftOf(home), []);
  const left = readdirSync(home).filter((name) => name !== 'results' && !kept.includes(name));
  for (const name of left) assert.ok(done.stderr.includes(`left: ${join(home, name)}\n`), done.stderr);
  return done;
};

/** Ends with the status of an interrupted run, if it had a status. */
const checkStatus = ({ out }: Started): void => {
  if (existsSync(join(out, 'run.json'))) assert.equal(readRun(out).status, 'interrupted');
};

const statusOf = (pid: number, field: string): bigint =>
  BigInt(
    `0x${new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]!}`,
  );

const SIGHUP_BIT = 1n;
const SIGINT_BIT = 1n << 1n;

/** Node.js itself catches SIGINT and SIGTERM. */
const catchesInterrupts = ({ run }: Started): boolean =>
  (statusOf(run.child.pid!, 'SigCgt') & SIGHUP_BIT) !== 0n;

/** A second signal is merged with a pending one. */
const isDelivered = ({ run }: Started): boolean => (statusOf(run.child.pid!, 'ShdPnd') & SIGINT_BIT) === 0n;

/** In the work folder, or where work folders are made. */
const hasFolder = ({ home }: Started, prefix: string): boolean => {
  const names = readdirSync(home);
  const work = names.find((name) => name.startsWith('.cfsbench-work-'));
  const inside = work === undefined ? [] : readdirSync(join(home, work));
  return [...names, ...inside].some((name) => name.startsWith(prefix));
};

const programsOf = ({ run }: Started, name: string) =>
  processesWith(name).filter(
    ({ pid, words }) => words.some((word) => word.split('/').at(-1) === name) && isBelow(pid, run.child.pid!),
  );

/** A command that hangs once the file `armed` exists. */
const hanging =
  (name: string) =>
  (home: string): Record<string, string> => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    const real = findProgram(name)!;
    const script = `#!/bin/sh\n[ ! -e ${join(home, 'armed')} ] || exec sleep 600\nexec ${real} "$@"\n`;
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
    return { PATH: `${bin}:${process.env['PATH']}` };
  };

const untilHanging = async ({ home, out, run }: Started): Promise<void> => {
  await eventually('a sample', SEEN_LIMIT_MS, () => samplesSoFar(out) > 0);
  writeFileSync(join(home, 'armed'), '');
  await eventually('a command that hangs', SEEN_LIMIT_MS, () =>
    processesWith('sleep').some(({ pid, words }) => words[1] === '600' && isBelow(pid, run.child.pid!)),
  );
};

describe('an interrupted run', { concurrency: 2, skip: needsRoot }, () => {
  const early: readonly [when: string, moment: (started: Started) => boolean, signal: NodeJS.Signals][] = [
    ['the program is loaded', catchesInterrupts, 'SIGTERM'],
    ['features are tried', (started) => hasFolder(started, '.cfsbench-features-'), 'SIGHUP'],
    ['the work folder is new', (started) => hasFolder(started, '.cfsbench-work-'), 'SIGINT'],
    ['mounts are proved', (started) => programsOf(started, 'walk-main.js').length > 0, 'SIGTERM'],
  ];
  for (const [when, moment, signal] of early)
    test(`ends while ${when}`, async (t) => {
      const started = begin(t, LARGER);
      await eventually(when, SEEN_LIMIT_MS, () => moment(started));
      started.run.child.kill(signal);
      await ended(t, started);
      checkStatus(started);
      assert.ok(!hasFolder(started, '.cfsbench-features-'));
    });

  test('keeps the samples and shows the report', async (t) => {
    const started = begin(t, SMALL);
    await eventually('a few samples', SEEN_LIMIT_MS, () => samplesSoFar(started.out) > 4);
    started.run.child.kill('SIGINT');
    const { stdout, stderr } = await ended(t, started);
    assert.match(stderr, /^interrupted: the samples so far are kept/m);
    assert.match(stderr, /^to measure the rest: cfsbench run --resume .*results$/m);
    checkStatus(started);
    assert.ok(readSamples(started.out).length > 4);
    if (stdout === '') assert.match(stderr, /^to render the report: cfsbench report .*results$/m);
    else assert.ok(statSync(join(started.out, 'report.html')).size > 0);
  });

  test('ends while a command hangs, and at a second interrupt at once', async (t) => {
    for (const again of [false, true]) {
      const started = begin(t, [...SMALL, '--backends', 'unpacked-overlay'], hanging('tar'));
      await untilHanging(started);
      const samples = samplesSoFar(started.out);
      started.run.child.kill('SIGINT');
      if (again) {
        await eventually('the first interrupt', SEEN_LIMIT_MS, () => isDelivered(started));
        started.run.child.kill('SIGINT');
      }
      const { stderr } = await ended(t, started, ['bin', 'armed']);
      assert.equal(readSamples(started.out).length, samples, 'the slot that was cut off is not recorded');
      checkStatus(started);
      if (again) assert.match(stderr, /^left: .*\nto remove it: cfsbench clean /m);
    }
  });

  test('ends while a server does not answer', async (t) => {
    const started = begin(t, [...SMALL, '--backends', 'composefs-fuse']);
    await eventually('a sample', SEEN_LIMIT_MS, () => samplesSoFar(started.out) > 0);
    await eventually('a server that is stopped', SEEN_LIMIT_MS, () =>
      programsOf(started, 'cfs-fuse').some(({ pid }) => wasSent(pid, 'SIGSTOP')),
    );
    started.run.child.kill('SIGINT');
    await ended(t, started);
    checkStatus(started);
  });

  test('ends while it renders its report', async (t) => {
    const started = begin(t, [...SMALL, '--count-only', '--count-passes', '1']);
    await eventually('the end of measuring', SEEN_LIMIT_MS, () =>
      existsSync(join(started.out, 'run.json')) ? readRun(started.out).status === 'complete' : false,
    );
    started.run.child.kill('SIGINT');
    await ended(t, started);
    assert.equal(readRun(started.out).status, 'complete');
  });

  test('ends when nobody reads its standard output', async (t) => {
    const started = begin(t, SMALL);
    await eventually('a sample', SEEN_LIMIT_MS, () => samplesSoFar(started.out) > 0);
    started.run.child.stdout!.destroy();
    await ended(t, started);
    checkStatus(started);
  });
});
