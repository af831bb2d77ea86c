// Runs that are killed: what they leave behind.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  leftOf,
  processesWith,
  program,
  type Running,
  startProgram,
} from './support.ts';

/** About a second on a quiet machine; the test prints the time. */
const GONE_LIMIT_MS = 30_000;
const SEEN_LIMIT_MS = 60_000;

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
