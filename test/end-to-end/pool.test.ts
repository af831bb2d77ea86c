// Pools: several fresh runs of one plan, each in its own process and folder, and one report.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, eventually, leftOf, program, readRun, SEEN_LIMIT_MS, startProgram } from './support.ts';

const OPTIONS = [
  'run',
  ...['--profile', 'quick', '--images', 'synthetic:files=20', '--seed', 'pool'],
  ...['--backends', 'erofs-overlay,unpacked-overlay', '--scenarios', 'walk-warm'],
  ...['--blocks', '8', '--count-passes', '1', '--budget', '15m'],
];

describe('a pool of runs', { concurrency: 2, skip: needsRoot }, () => {
  test('has a report of all its runs, repeats a missing run, and refuses runs of other plans', async (t) => {
    const out = join(diskFolder(t), 'several');
    const several = ['--runs', '3', '--out', out];
    const first = await program(t, [...OPTIONS, ...several]);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(readdirSync(out).sort(), ['1', '2', '3', 'report.html', 'runs.json']);
    assert.equal(statSync(join(out, 'runs.json')).mode & 0o777, 0o600, 'it has options as they were typed');
    for (const number of [1, 2, 3]) {
      assert.ok(first.stderr.includes(`Run ${number} of 3: ${join(out, String(number))}\n`));
      const { plan, status } = readRun(join(out, String(number)));
      assert.deepEqual([plan.seed, status, plan.budgetNs], [`pool-${number}`, 'complete', 300e9]);
    }
    assert.match(first.stdout, /^Pooled over 3 runs: .*\n.*Evidence needs 5 runs\.\n/);
    assert.match(first.stdout, /^ +walk .*\([\d.,e-]+\) /m);
    // A row has it only if the blocks of the runs do not explain their difference.
    assert.match(first.stdout, /^ +run sd +standard deviation between runs/m);
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /Pooled over 3 runs/);

    const again = await program(t, ['pool', out]);
    assert.equal(`${again.stdout}\nResults: ${out}\nPage:    ${join(out, 'report.html')}\n`, first.stdout);

    const refused = await program(t, [...OPTIONS, ...several]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /the run folder is not empty: .*\n(.*\n)*.*--resume/);

    rmSync(join(out, '2'), { recursive: true });
    const kept = readFileSync(join(out, '3', 'samples.ndjson'));
    const resumed = await program(t, ['run', '--resume', out]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /^Run 2 of 3: /m);
    assert.doesNotMatch(resumed.stderr, /^Run [13] of 3: /m);
    assert.deepEqual(readFileSync(join(out, '3', 'samples.ndjson')), kept);
    assert.match(resumed.stdout, /^Pooled over 3 runs/);

    const reported = await program(t, ['report', out]);
    assert.equal(reported.code, 0, reported.stderr);
    assert.match(reported.stdout, /^Pooled over 3 runs/);

    const path = join(out, '2', 'run.json');
    const other = readRun(join(out, '2'));
    writeFileSync(path, JSON.stringify({ ...other, plan: { ...other.plan, profile: 'default' } }));
    const unlike = await program(t, ['pool', join(out, '1'), join(out, '2')]);
    assert.equal(unlike.code, 1);
    assert.match(unlike.stderr, /^cfsbench: runs have different plans: .*\n +profile: quick and default\n/);
    assert.deepEqual(leftOf(out), []);
  });

  test('keeps its finished runs when it is interrupted or killed, and can be resumed', async (t) => {
    const out = join(diskFolder(t), 'several');
    const isStarted = (number: number): boolean => existsSync(join(out, String(number), 'samples.ndjson'));
    const several = startProgram(t, [...OPTIONS, '--runs', '3', '--out', out]);
    await eventually('the second run', SEEN_LIMIT_MS, () => isStarted(2));
    several.child.kill('SIGINT');
    const { code, stdout, stderr } = await several.done;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^1 of 3 runs are finished\. To run the others: cfsbench run --resume .*several$/m);
    assert.match(stderr, /^To report the finished runs: cfsbench pool .*several\/1$/m);
    assert.equal(stdout, '');
    const reported = await program(t, ['pool', join(out, '1')]);
    assert.match(reported.stdout, /^Pooled over 1 run: an interval over runs needs 3/);
    assert.ok(!isStarted(3));

    const killed = startProgram(t, ['run', '--resume', out]);
    await eventually('the third run', SEEN_LIMIT_MS, () => isStarted(3));
    killed.child.kill('SIGKILL');
    await killed.done;
    await eventually('the end of the running run', SEEN_LIMIT_MS, () => leftOf(out).length === 0);

    const rest = await program(t, ['run', '--resume', out]);
    assert.equal(rest.code, 0, rest.stderr);
    assert.match(rest.stdout, /^Pooled over 3 runs/);
    assert.equal(readRun(join(out, '1')).resumed, undefined);
    assert.equal(readRun(join(out, '2')).resumed!.length, 1);
  });
});

test('a folder without runs is refused, and an error that every run would have stops the pool', {
  skip: needsRoot,
}, async (t) => {
  const folder = diskFolder(t);
  const nothing = await program(t, ['pool', folder]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /^cfsbench: no run in this folder: /);
  const fruitless = await program(t, [
    ...OPTIONS,
    '--runs',
    '3',
    '--images',
    'dir:/nowhere',
    '--out',
    join(folder, 'x'),
  ]);
  assert.equal(fruitless.code, 1);
  assert.doesNotMatch(fruitless.stderr, /Run 2 of 3/);
  assert.deepEqual(readdirSync(folder), []);
});
