// Runs that are killed: what they leave behind.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  innerOf,
  leftOf,
  processesWith,
  program,
  type Running,
  readRun,
  SEEN_LIMIT_MS,
  samplesSoFar,
  startProgram,
} from './support.ts';

/** About a second on a quiet machine; the test prints the time. */
const GONE_LIMIT_MS = 30_000;
const EXIT_KILLED = 7;

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

test('kill -9 while workers live many lives leaves no worker, server or mount', {
  skip: needsRoot,
}, async (t) => {
  const midway = begin(t, ['--backends', 'composefs-fuse,hardlink-checkout', '--scenarios', 'serverless']);
  await killMidway(t, midway, () => runs(midway.home, 'workers'));
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

test('after kill -9 of the measuring process the error says how to resume the run, and the run is resumed', {
  skip: needsRoot,
}, async (t) => {
  const what = ['--images', 'synthetic:files=40,layers=1,seed=1', '--scenarios', 'churn,walk-warm'];
  const { home, out, run } = begin(t, [...what, '--count-only', '--count-passes', '5', '--budget', '9m']);
  await eventually('a few samples', SEEN_LIMIT_MS, () => samplesSoFar(out) > 4);
  process.kill(innerOf(run, home)!, 'SIGKILL');
  const { code, stderr } = await run.done;
  assert.equal(code, EXIT_KILLED, stderr);
  const work = readdirSync(home).find((name) => WORKS.test(name))!;
  const said = [
    'cfsbench: the measuring process was killed by SIGKILL',
    `  the samples so far are kept: ${out}`,
    `  left: ${join(home, work)}`,
    `  to remove it: cfsbench clean ${home}`,
    `  try: cfsbench run --resume ${out}`,
  ];
  assert.ok(stderr.endsWith(`${said.join('\n')}\n`), stderr);
  assert.deepEqual(leftOf(home), []);
  assert.equal(readRun(out).status, 'interrupted');
  const resumed = await program(t, ['run', '--resume', out]);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(readRun(out).status, 'complete');
  assert.deepEqual(readdirSync(home), ['results']);
});
