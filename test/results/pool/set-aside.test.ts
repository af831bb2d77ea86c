// Runs that are set aside when their journals are read, after the machines were numbered.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SAMPLES_FILE } from '../../../results/journal.ts';
import { type LoadedPool, loadPool } from '../../../results/pool/load.ts';
import { exampleRun } from '../../report/support/example.ts';
import { type StoredRun, slowerSample, withFolders } from './stored-runs.ts';

const ARM = 'composefs-fuse';
const SLOWER = 2;
const OTHER_KERNEL = '6.19.1 #1 SMP';

/** Two runs on each of three machines: the first has a kernel of its own, the last one is slower. Run b1 has another tool than b2. */
const RUNS = ['a', 'b', 'c'].flatMap((host) =>
  [1, 2].map((number): StoredRun => {
    const { run, samples } = exampleRun({ seed: number, images: ['debian-12-base'] });
    const tools = { ...run.environment.tools, tar: `tar of ${host}${host === 'b' ? number : ''}` };
    return {
      run: {
        ...run,
        id: `${host}${number}`,
        host: `machine-${host}`,
        startedAt: `2026-01-15T1${number}:00:00.000Z`,
        environment: { ...run.environment, tools, ...(host === 'a' ? { kernel: OTHER_KERNEL } : {}) },
      },
      samples: host === 'c' ? samples.map((sample) => slowerSample(sample, ARM, SLOWER)) : samples,
    };
  }),
);

/** `broken`: the ids of runs whose journals cannot be read. */
const pooledWithout = (broken: readonly string[]): Promise<LoadedPool> =>
  withFolders(RUNS, (folders) => {
    folders.forEach((folder, index) => {
      if (broken.includes(RUNS[index]!.run.id)) writeFileSync(join(folder, SAMPLES_FILE), '{}\n');
    });
    return loadPool(folders, 'pooled', { setAside: (folder, reason) => ({ name: folder, reason }) });
  });

test('a machine whose runs were all set aside is not described, and the others keep their values', async () => {
  const { pool } = await pooledWithout(['a1', 'a2']);
  const { machines, kernels, rows } = pool.fleet!;
  assert.equal(pool.missing!.length, 2);
  assert.deepEqual(
    machines.map(({ name, runCount }) => [name, runCount]),
    [
      ['machine-b', 2],
      ['machine-c', 2],
    ],
  );
  assert.ok(!kernels.includes(OTHER_KERNEL));
  assert.ok(machines.every(({ differs }) => differs.every(({ item }) => item !== 'kernel')));
  assert.deepEqual(
    pool.runs.map(({ id, machine }) => [id, machine]),
    [
      ['b1', 0],
      ['c1', 1],
      ['b2', 0],
      ['c2', 1],
    ],
  );
  const mount = rows.find(
    ({ metric, arm, kind }) => metric === 'mountWallNs' && arm === ARM && kind === 'ratio',
  )!;
  assert.deepEqual(
    mount.machines.map(({ machine }) => machine),
    [0, 1],
  );
  assert.ok(Math.abs(mount.machines[1]!.toOthers / SLOWER - 1) < 0.1, String(mount.machines[1]!.toOthers));
});

test('a pool of which one machine is left has no fleet', async () => {
  const { pool } = await pooledWithout(['a1', 'a2', 'c1', 'c2']);
  assert.equal(pool.fleet, undefined);
  assert.doesNotMatch(pool.notices.join('\n'), /the runs come from/);
});

test('a machine is described by the runs that are part of the pool', async () => {
  const differing = /the runs of machine-b differ in tools\.tar/;
  assert.match((await pooledWithout([])).pool.notices.join('\n'), differing);
  const { pool } = await pooledWithout(['b1']);
  assert.doesNotMatch(pool.notices.join('\n'), differing);
  assert.deepEqual(
    pool.fleet!.machines.map(({ name, runCount }) => [name, runCount]),
    [
      ['machine-a', 2],
      ['machine-b', 1],
      ['machine-c', 2],
    ],
  );
});

/** `change`: of the run with this id. */
const pooledWith = (id: string, change: (run: StoredRun['run']) => StoredRun['run']): Promise<LoadedPool> =>
  withFolders(
    RUNS.map((one) => (one.run.id === id ? { ...one, run: change(one.run) } : one)),
    (folders) => loadPool(folders, 'pooled', { setAside: (_, reason) => ({ name: id, reason }) }),
  );

test('an expected run with a failed slot is part of the pool, which is failed', async () => {
  const { pool, run } = await pooledWith('b1', (one) => ({ ...one, status: 'failed' }));
  assert.equal(pool.missing, undefined);
  assert.equal(pool.runs.length, RUNS.length);
  assert.match(pool.notices.join('\n'), /^run b1 is not complete: failed$/m);
  assert.equal(run.status, 'failed');
});

test('an expected run that was interrupted is set aside', async () => {
  const { pool } = await pooledWith('b1', (one) => ({ ...one, status: 'interrupted' }));
  assert.deepEqual(pool.missing, [{ name: 'b1', reason: 'it is not complete: interrupted' }]);
});

test('an expected run of another plan is set aside with the difference, also if it is the first', async () => {
  for (const id of ['a1', 'b2']) {
    const { pool } = await pooledWith(id, (one) => ({ ...one, plan: { ...one.plan, profile: 'quick' } }));
    assert.equal(pool.runs.length, RUNS.length - 1);
    assert.match(pool.missing![0]!.reason, /^it has another plan: profile: quick and \w+$/);
    assert.equal(pool.missing![0]!.name, id);
  }
});
