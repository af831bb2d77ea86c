// The folders of a run: one process at a time works in them, what a killed run left is named and removed, and a refused `--resume` has
// run, entered and written nothing.
import assert from 'node:assert/strict';
import {
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PRIVATE_FILE } from '../../harness/cli/private-file.ts';
import { serverPath } from '../../harness/native/paths.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  innerOf,
  leftOf,
  PROGRAM,
  program,
  readRun,
  SEEN_LIMIT_MS,
  samplesSoFar,
  start,
  startProgram,
} from './support.ts';

const NOBODY = 65534;
const PLAN = [
  ...['run', '--profile', 'quick', '--images', 'synthetic:files=40,layers=1,seed=1'],
  ...['--scenarios', 'walk-warm', '--budget', '5m', '--blocks', '8', '--count-passes', '1'],
];

/** Names, contents, modes and times of everything in a folder, and of the folder. */
const stateOf = (folder: string): unknown =>
  ['.', ...readdirSync(folder).sort()].map((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { bigint: true });
    const { mode, mtimeNs, ino, uid } = stat;
    // A work folder that an interrupted run had no time to remove.
    return { name, mode, mtimeNs, ino, uid, text: stat.isDirectory() ? '' : readFileSync(path, 'latin1') };
  });

describe('the folders of a run', { concurrency: 2, skip: needsRoot }, () => {
  test('under sudo a run belongs to the calling user, and only sudo of that user resumes it', async (t) => {
    const home = diskFolder(t);
    chownSync(home, NOBODY, NOBODY);
    const out = join(home, 'runs', 'first');
    const env = { SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY) };
    const counted = [...PLAN, '--backends', 'unpacked-overlay', '--count-only', '--out', out];
    const { code, stderr } = await start(t, [process.execPath, PROGRAM, ...counted], env).done;
    assert.equal(code, 0, stderr);
    const all = ['.', ...readdirSync(home, { recursive: true, encoding: 'utf8' })];
    assert.ok(all.includes('runs/first/run.json'));
    assert.deepEqual(
      all.filter((name) => lstatSync(join(home, name)).uid !== NOBODY),
      [],
    );
    const again = await start(t, [process.execPath, PROGRAM, 'run', '--resume', out], env).done;
    assert.doesNotMatch(again.stderr, /another user may have written it/);
    const other = await program(t, ['run', '--resume', out]);
    assert.match(other.stderr, /another user may have written it/);
  });

  test('under sudo a pool and its runs belong to the calling user', async (t) => {
    const home = diskFolder(t);
    chownSync(home, NOBODY, NOBODY);
    const out = join(home, 'runs', 'pool');
    const env = { SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY) };
    const counted = [...PLAN, '--backends', 'unpacked-overlay', '--scenarios', 'churn', '--count-only'];
    const argv = [process.execPath, PROGRAM, ...counted, '--runs', '2', '--out', out];
    const { code, stderr } = await start(t, argv, env).done;
    assert.equal(code, 0, stderr);
    const all = ['.', ...readdirSync(home, { recursive: true, encoding: 'utf8' })];
    for (const name of ['1/run.json', '2/run.json', 'report.html'])
      assert.ok(all.includes(`runs/pool/${name}`));
    assert.deepEqual(
      all.filter((name) => lstatSync(join(home, name)).uid !== NOBODY),
      [],
    );
  });

  test('a second process on the same run folder ends with exit code 4, and clean leaves both folders', async (t) => {
    const home = diskFolder(t);
    const out = join(home, 'results');
    const run = startProgram(t, [...PLAN, '--backends', 'unpacked-overlay', '--out', out]);
    await eventually('a sample', SEEN_LIMIT_MS, () => samplesSoFar(out) > 0);
    const inner = innerOf(run, home)!;
    process.kill(inner, 'SIGSTOP');
    const second = [
      [...PLAN, '--out', out],
      ['run', '--resume', out],
    ].map((args) => program(t, args));
    for (const { code, stderr } of await Promise.all(second)) {
      assert.equal(code, 4, stderr);
      assert.equal(
        stderr,
        `cfsbench: another process of cfsbench works in ${out}\n  try: wait for it to end, or interrupt it\n`,
      );
    }
    const namespace = ['unshare', '--pid', '--fork', '--mount-proc', process.execPath, PROGRAM];
    const cleaned = await start(t, [...namespace, 'clean', home]).done;
    assert.match(cleaned.stdout, /^in use, not removed: .*\.cfsbench-work-\S+\n$/);

    process.kill(inner, 'SIGKILL');
    const { code, stderr } = await run.done;
    assert.notEqual(code, 0);
    const left = readdirSync(home).filter((name) => name.startsWith('.cfsbench-work-'));
    assert.equal(left.length, 1);
    assert.match(
      stderr,
      new RegExp(`left: ${home}/\\.cfsbench-work-.*\\n *to remove it: cfsbench clean ${home}\\n`),
    );

    const next = await program(t, [...PLAN, '--backends', 'nothing', '--out', join(home, 'none')]);
    assert.equal(next.code, 1, 'a run with wrong options');
    assert.equal(readdirSync(home).filter((name) => name.startsWith('.cfsbench')).length, 1);
    const resumed = await program(t, ['run', '--resume', out]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.ok(resumed.stderr.includes(`removing a leftover of a killed run: ${join(home, left[0]!)}\n`));
    assert.deepEqual(readdirSync(home), ['results']);
    assert.deepEqual(leftOf(home), []);
  });

  test('a refused --resume changes no byte, and runs nothing that the run names', async (t) => {
    const home = diskFolder(t);
    const [out, work, other] = ['results', 'work', 'other'].map((name) => join(home, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(work);
    mkdirSync(other);
    // Leaves a trace of every start.
    const [server, trace] = [join(other, 'cfs-fuse'), join(other, 'trace')];
    copyFileSync(serverPath, join(other, 'real'));
    writeFileSync(server, `#!/bin/sh\necho "$@" >>${trace}\nexec ${other}/real "$@"\n`, { mode: 0o755 });
    const arms = ['--backends', `unpacked-overlay,composefs-fuse@server=${server}`];
    const run = startProgram(t, [...PLAN, ...arms, '--work', work, '--out', out]);
    await eventually('a few samples', SEEN_LIMIT_MS, () => samplesSoFar(out) > 2);
    run.child.kill('SIGINT');
    assert.equal((await run.done).code, 130);
    assert.ok(existsSync(trace));
    const whole = readRun(out);

    const refused = async (
      options: readonly string[],
      changed: Partial<RunFile> = {},
    ): Promise<{ readonly code: number | null; readonly stderr: string }> => {
      writeFileSync(join(out, 'run.json'), `${JSON.stringify({ ...whole, ...changed }, null, 1)}\n`);
      const before = [stateOf(out), stateOf(work), readFileSync(trace, 'utf8')];
      const { code, stderr } = await program(t, ['run', '--resume', out, ...options]);
      assert.deepEqual([stateOf(out), stateOf(work), readFileSync(trace, 'utf8')], before, stderr);
      return { code, stderr };
    };

    const untrusted = await refused([]);
    assert.equal(untrusted.code, 1);
    const facts = [`  it would run: ${server}\n`, `  it would make its work folder in: ${work}\n`].join('');
    assert.ok(untrusted.stderr.includes(facts), untrusted.stderr);
    assert.ok(untrusted.stderr.includes(`--resume ${out} --trust-run\n`), untrusted.stderr);
    const asked = readFileSync(join(out, PRIVATE_FILE), 'utf8');
    writeFileSync(join(out, PRIVATE_FILE), JSON.stringify({ ...JSON.parse(asked), cwd: other }));
    const elsewhere = await refused(['--work', work]);
    writeFileSync(join(out, PRIVATE_FILE), asked);
    assert.ok(elsewhere.stderr.includes(`  it would work in the directory: ${other}\n`), elsewhere.stderr);
    assert.ok(!elsewhere.stderr.includes('work folder'), elsewhere.stderr);

    const machine = await refused(['--trust-run'], {
      environment: { ...whole.environment, kernel: 'another' },
    });
    assert.equal(machine.code, 4);
    assert.match(machine.stderr, /the machine or its programs have changed\n +kernel: was another, is /);
    const { slots } = whole.plan;
    chownSync(out, NOBODY, NOBODY);
    const foreign = await refused(['--trust-run']);
    assert.match(
      foreign.stderr,
      /another user may have written it\n.*belongs to user 65534, .*\n.* chown -R 0 /,
    );
    chownSync(out, 0, 0);

    // The rest is known only when the images are prepared: the server is run.
    const plan = { ...whole.plan, slots: slots.map((slot) => ({ ...slot, params: { other: 'yes' } })) };
    writeFileSync(join(out, 'run.json'), `${JSON.stringify({ ...whole, plan }, null, 1)}\n`);
    const before = stateOf(out);
    const { code, stderr } = await program(t, ['run', '--resume', out, '--trust-run']);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /the plan would have other slots than the recorded one/);
    assert.deepEqual(stateOf(out), before);

    writeFileSync(join(out, 'run.json'), `${JSON.stringify(whole, null, 1)}\n`);
    const resumed = await program(t, ['run', '--resume', out, '--trust-run']);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.ok(resumed.stderr.startsWith(`trusted: ${out}\n${facts}`), resumed.stderr);
    assert.equal(readRun(out).status, 'complete');
    assert.deepEqual([readdirSync(work), leftOf(home)], [[], []]);
  });
});
