// `cfsbench pool --expect` without any complete run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { PROGRAM } from '../../end-to-end/support.ts';
import { root } from '../../project/sources.ts';
import { temporaryFolder } from '../sys/support.ts';

const MISSING = 5;

const cfsbench = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', cwd: '/' });

test('pool exits 5 and names the expected runs if all of them are missing', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ schema: 1, replicates: ['1', '2', '3'] }));
  writeFileSync(join(folder, '1.state'), 'started 2026-01-15T10:00:00Z n1\nended 2026-01-15T10:00:09Z 4\n');
  mkdirSync(join(folder, '2'));
  writeFileSync(join(folder, '2', 'run.json'), '{');
  const { status, stderr } = cfsbench('pool', '--expect', folder);
  assert.equal(status, MISSING, stderr);
  for (const line of [
    'no run of the pool is complete',
    'replicate 1: it ended with exit code 4',
    'not JSON; it never began',
    'replicate 3: it never began',
  ])
    assert.ok(stderr.includes(line), `${line}\n${stderr}`);
});

test('pool exits 5 if a number of runs is expected and the named folder has none, and 1 if none is expected', (t) => {
  const folder = temporaryFolder(t);
  const expected = cfsbench('pool', '--expect', '2', folder);
  assert.equal(expected.status, MISSING, expected.stderr);
  assert.match(expected.stderr, /run 2 of 2: it has no run folder here/);
  const { status, stderr } = cfsbench('pool', folder);
  assert.equal(status, 1);
  assert.match(stderr, /no run in this folder/);
});

test('the job of a workflow that pools exits 5 too, and needs no report for the summary', (t) => {
  const home = temporaryFolder(t);
  symlinkSync(root, join(home, 'cfsbench'));
  const { stdout } = cfsbench('fleet', 'matrix', '--replicates', '2');
  const { jobs } = parse(stdout) as { jobs: { join: { steps: { name?: string; run?: string }[] } } };
  const { run } = jobs.join.steps.find(({ name }) => name === 'Pool')!;
  // As GitHub starts the scripts of steps.
  const { status, stderr } = spawnSync('bash', ['-e', '-c', run!], {
    encoding: 'utf8',
    cwd: home,
    env: { ...process.env, GITHUB_WORKSPACE: home, GITHUB_STEP_SUMMARY: join(home, 'summary') },
  });
  assert.equal(status, MISSING, stderr);
  assert.match(stderr, /replicate 2: it never began/);
});
