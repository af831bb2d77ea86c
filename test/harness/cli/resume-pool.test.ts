// A pool that is resumed: nothing is run before its owner is known and what it names is confirmed.
import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { argumentsOf, type PoolPlan } from '../../../harness/cli/pool-plan.ts';
import { lockFolder } from '../../../harness/sys/folder-lock.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import { PROGRAM, program, start } from '../../end-to-end/support.ts';
import { exampleRun } from '../../report/support/example.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { needsRoot, temporaryFolder } from '../sys/support.ts';

const plan: PoolPlan = {
  count: 2,
  seed: 's',
  cwd: process.cwd(),
  typed: { profile: 'quick', backends: 'composefs-fuse@server=/bin/true', work: '/none' },
};

test('a pool that is in use, of another user, or that names a program is refused', {
  skip: needsRoot,
}, async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'runs.json'), JSON.stringify(plan));
  const resume = (...options: readonly string[]) => program(t, ['run', '--resume', folder, ...options]);

  const lock = lockFolder(folder)!;
  const inUse = await resume();
  lock.close();
  assert.deepEqual(
    [inUse.code, inUse.stderr.split('\n')[0]],
    [4, `cfsbench: another process of cfsbench works in ${folder}`],
  );

  chownSync(folder, 65534, 65534);
  assert.match((await resume()).stderr, /another user may have written it/);
  chownSync(folder, 0, 0);

  const named = await resume();
  assert.equal(named.code, 1);
  assert.match(
    named.stderr,
    /^ {2}it would run: \/bin\/true\n {2}it would make its work folder in: \/none$/m,
  );
  const trusted = await resume('--trust-run');
  assert.match(trusted.stderr, /^cfsbench: no such folder: \/none$/m, 'the first run has begun');
  assert.deepEqual(readdirSync(folder), ['runs.json']);
});

test('the options that confirm a pool are passed to its runs', (t) => {
  const folder = temporaryFolder(t);
  assert.deepEqual(argumentsOf(folder, plan, 1, { work: '/w' }).slice(-8, -4), [
    '--work',
    '/w',
    '--runs',
    '1',
  ]);
  mkdirSync(join(folder, '1'));
  writeFileSync(join(folder, '1', 'run.json'), '{}');
  assert.deepEqual(
    argumentsOf(folder, plan, 1, { work: '/w', trustRun: true, allowParallel: true, keepWork: true }),
    [
      ...['run', '--resume', join(folder, '1'), '--trust-run'],
      ...['--work', '/w', '--allow-parallel', '--keep-work'],
    ],
  );
});

/** All runs of the pool have ended. */
const endedPool = (t: TestContext, statuses: readonly RunFile['status'][], more = {}): string => {
  const folder = temporaryFolder(t);
  const ended: PoolPlan = { ...plan, count: statuses.length, typed: { profile: 'quick' }, ...more };
  writeFileSync(join(folder, 'runs.json'), JSON.stringify(ended));
  for (const [index, status] of statuses.entries()) {
    const { run, samples } = exampleRun({ seed: index, images: ['debian-12-base'] });
    storeRun(join(folder, String(index + 1)), { run: { ...run, id: `pool-${index}`, status }, samples });
  }
  return folder;
};

/** Beside other runs of this machine. */
const resumeAlone = (t: TestContext, folder: string, env: Readonly<Record<string, string>> = {}) =>
  start(t, [process.execPath, PROGRAM, 'run', '--resume', folder], { CFSBENCH_LOCKS: '', ...env }).done;

test('a pool whose runs have all ended has the exit code of the worst of them', async (t) => {
  for (const [code, ...statuses] of [
    [0, 'complete', 'complete'],
    [124, 'out-of-time', 'complete'],
    [5, 'complete', 'failed'],
  ] as const) {
    const ended = await resumeAlone(t, endedPool(t, statuses));
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stdout, /^Pooled over 2 runs/);
  }
});

/** The program interrupts itself when it reads the journal of the second run. */
const PRELOAD = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { openSync } = fs;
fs.openSync = (path, ...rest) => {
  if (String(path).endsWith('2/samples.ndjson')) process.emit('SIGINT');
  return openSync(path, ...rest);
};
syncBuiltinESMExports();
`;

test('a pool that is interrupted while its report is rendered names the command that renders it', async (t) => {
  const folder = endedPool(t, ['complete', 'complete']);
  const preload = join(temporaryFolder(t), 'preload.mjs');
  writeFileSync(preload, PRELOAD);
  const { code, stdout, stderr } = await resumeAlone(t, folder, { NODE_OPTIONS: `--import=${preload}` });
  const runs = ['1', '2'].map((name) => join(folder, name)).join(' ');
  assert.deepEqual([code, stdout, stderr], [130, '', `To report the finished runs: cfsbench pool ${runs}\n`]);
});

test('a pool whose working directory is gone says so, and starts no run', async (t) => {
  const folder = endedPool(t, ['complete'], { count: 2, cwd: '/none/here' });
  const { code, stderr } = await start(
    t,
    [...[process.execPath, PROGRAM, 'run', '--resume', folder, '--trust-run']],
    { CFSBENCH_LOCKS: '' },
  ).done;
  assert.equal(code, 1);
  assert.match(stderr, /^cfsbench: the working directory of the run \/none\/here is gone$/m);
});
