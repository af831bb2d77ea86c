// Pools of which a run cannot be read.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isFinished, pooledIn, runsBelow } from '../../../harness/cli/find-run.ts';
import { PLAN_FILE } from '../../../harness/cli/pool-plan.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { exampleRun } from '../../report/support/example.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { temporaryFolder } from '../sys/support.ts';

/** A folder of runs with one pool; `broken`: its runs that cannot be read. */
const makeRuns = (
  t: TestContext,
  broken: readonly string[],
): { readonly home: string; readonly pool: string } => {
  const home = temporaryFolder(t);
  const pool = join(home, 'runs', 'pool');
  mkdirSync(pool, { recursive: true });
  writeFileSync(join(pool, PLAN_FILE), '{}');
  for (const name of ['1', '2', '3']) {
    const { run, samples } = exampleRun({ seed: Number(name), images: ['debian-12-base'] });
    storeRun(join(pool, name), { run: { ...run, id: `pool-${name}` }, samples });
    if (broken.includes(name)) writeFileSync(join(pool, name, 'run.json'), '{');
  }
  return { home, pool };
};

const cfsbench = (home: string, ...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', cwd: home });

test('a run of a pool that cannot be read is left out of lists and reports, which name it', (t) => {
  const { home, pool } = makeRuns(t, ['2']);
  const said: string[] = [];
  assert.deepEqual(
    pooledIn(pool, (line) => said.push(line)),
    [join(pool, '1'), join(pool, '3')],
  );
  assert.deepEqual(said, [`cannot be read, left out: ${join(pool, '2')}`]);
  const list = cfsbench(home, 'report', 'runs');
  assert.equal(list.status, 0, list.stderr);
  assert.match(list.stdout, /^pool .*pool of 2 runs$/m);
  const report = cfsbench(home, 'report');
  assert.equal(report.status, 0, report.stderr);
  assert.match(report.stdout, /^Pooled over 2 runs/);
  assert.equal(report.stderr, 'cannot be read, left out: runs/pool/2\n');
});

test('a pool without a readable run is listed as such', (t) => {
  const { home, pool } = makeRuns(t, ['1', '2', '3']);
  assert.deepEqual(runsBelow(join(home, 'runs')), [{ folder: pool, run: null, pooled: [] }]);
  assert.match(cfsbench(home, 'report', 'runs').stdout, /^pool .*cannot be read$/m);
});

test('a run that cannot be read is not taken for an unfinished one, which resume would measure again', (t) => {
  const { pool } = makeRuns(t, ['2']);
  assert.equal(isFinished(join(pool, '1')), true);
  assert.equal(isFinished(join(pool, '4')), false);
  assert.throws(() => isFinished(join(pool, '2')), /run\.json: not JSON/);
});
