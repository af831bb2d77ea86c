// Resumed runs: every planned slot is in the journal exactly once.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { serverPath } from '../../harness/native/paths.ts';
import type { Slot } from '../../results/schema/run.ts';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  leftOf,
  type Process,
  plannedOf,
  processesWith,
  program,
  readRun,
  readSamples,
  SEEN_LIMIT_MS,
  samplesSoFar,
  startProgram,
  wasSent,
} from './support.ts';

const OPTIONS = [
  '--profile',
  'quick',
  '--images',
  'synthetic:files=40,layers=2,seed=3',
  '--backends',
  'erofs-overlay,unpacked-overlay',
  '--scenarios',
  'churn,walk-warm',
  '--budget',
  '5m',
];
const LARGER = 'synthetic:files=1500,layers=2,seed=3';

const killAt = async (t: TestContext, args: readonly string[], when: () => boolean): Promise<void> => {
  const run = startProgram(t, ['run', ...args]);
  await eventually('the moment to kill', SEEN_LIMIT_MS, when);
  run.child.kill('SIGKILL');
  await run.done;
};

const checkWhole = (out: string): void => {
  const run = readRun(out);
  const seqs = readSamples(out).map(({ seq }) => seq);
  assert.equal(run.status, 'complete');
  assert.deepEqual(
    [...seqs].sort((a, b) => a - b),
    plannedOf(run).map(({ seq }) => seq),
  );
};

// In parallel: the last one waits half a minute for a limit.
describe('a run that was cut off, or whose server hung or was killed', {
  concurrency: 4,
  skip: needsRoot,
}, () => {
  test('is killed while preparing, while counting and twice while timing, and resumes without losing or repeating a slot', async (t) => {
    const home = diskFolder(t);
    const out = join(home, 'results');
    const resume = ['--resume', out];
    await killAt(t, [...OPTIONS, '--out', out], () => existsSync(join(out, 'run.json')));
    await killAt(t, resume, () => samplesSoFar(out) >= 5);
    await killAt(t, resume, () => samplesSoFar(out) >= 30);
    await killAt(t, resume, () => samplesSoFar(out) >= 50);
    await eventually('everything gone', SEEN_LIMIT_MS, () => leftOf(home).length === 0);
    const { code, stderr, stdout } = await program(t, ['run', ...resume]);
    assert.equal(code, 0, stderr);
    checkWhole(out);
    const run = readRun(out);
    assert.equal(run.resumed?.length, 4);
    assert.ok(new Set(readSamples(out).map(({ session }) => session ?? 0)).size >= 3);
    // A group that was cut within a block gets one more block: it was killed twice while timing.
    assert.match(stdout, /8 blocks|8 to (9|10) blocks/);
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith('.cfsbench')),
      [],
    );
    const again = await program(t, ['run', ...resume]);
    assert.equal(again.code, 0);
    assert.match(again.stderr, /^The run is complete; only its report is rendered again/m);
    checkWhole(out);
  });

  test('a folder without a run cannot be resumed', async (t) => {
    const home = diskFolder(t);
    const { code, stderr } = await program(t, ['run', '--resume', join(home, 'none')]);
    assert.equal(code, 1);
    assert.match(stderr, /cannot read .*run\.json: no such file or folder\n {2}try: name a run folder/);
  });

  test('is not resumed with another build of its server, whose version is the same', async (t) => {
    const home = diskFolder(t);
    const [out, server] = [join(home, 'results'), join(home, 'server')];
    copyFileSync(serverPath, server);
    const arms = ['composefs-fuse', `composefs-fuse@server=${server}`];
    const where = ['--images', 'synthetic:files=40,layers=2,seed=3', '--scenarios', 'walk-warm'];
    const what = ['--profile', 'quick', ...where, '--budget', '5m'];
    await killAt(t, ['--ab', ...arms, ...what, '--out', out], () => samplesSoFar(out) >= 5);
    await eventually('everything gone', SEEN_LIMIT_MS, () => leftOf(home).length === 0);
    const state = () => readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'base64')]);
    const before = state();
    appendFileSync(server, 'another build');
    const { code, stderr } = await program(t, ['run', '--resume', out, '--trust-run']);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /^ {2}server of .*: was cfs-fuse (\S+) sha256:\w+, is cfs-fuse \1 sha256:\w+$/m);
    assert.deepEqual(state(), before);
  });

  test('proves a mount once more if its server was killed, and resumes without an arm that was lost', async (t) => {
    const home = diskFolder(t);
    const out = join(home, 'results');
    const what = ['--scenarios', 'walk-warm', '--backends', 'erofs-overlay,composefs-fuse', '--blocks', '8'];
    const killServer = (when: () => boolean): Promise<boolean> =>
      eventually('a server that is killed', SEEN_LIMIT_MS, () => {
        const isServer = ({ words }: Process): boolean => words[0]?.endsWith('/cfs-fuse') === true;
        return when() && processesWith(home).some((one) => isServer(one) && wasSent(one.pid, 'SIGKILL'));
      });
    const first = startProgram(t, ['run', ...OPTIONS, ...what, '--images', LARGER, '--out', out]);
    await killServer(() => true);
    await killServer(() => /^proved once more: composefs-fuse /m.test(first.stderr()));
    await eventually('the rest of the run', SEEN_LIMIT_MS, () => samplesSoFar(out) > 2);
    first.child.kill('SIGINT');
    const interrupted = await first.done;
    assert.match(interrupted.stderr, /^not proved: composefs-fuse on /m);
    const { plan, proofs } = readRun(out);
    const isLost = ({ arm }: Pick<Slot, 'arm'>): boolean => arm === 'composefs-fuse';
    assert.ok(plan.slots.length > 0 && !plan.slots.some(isLost));
    assert.deepEqual(
      proofs.map(({ equal }) => equal),
      [true, false],
    );
    const again = startProgram(t, ['run', '--resume', out]);
    await killServer(() => true);
    const { code, stderr } = await again.done;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^proved once more: composefs-fuse /m);
    checkWhole(out);
    assert.deepEqual(
      readRun(out).proofs.map(({ equal }) => equal),
      [true, true],
    );
    assert.ok(!readSamples(out).some(isLost));
  });

  test('fails the slots of a server that was killed and of one that does not answer, and continues', async (t) => {
    const home = diskFolder(t);
    const out = join(home, 'results');
    const what = ['--scenarios', 'walk-warm', '--backends', 'erofs-overlay,composefs-fuse'];
    const run = startProgram(t, ['run', ...OPTIONS, ...what, '--images', LARGER, '--out', out]);
    /** A walk makes thousands of requests: the server has one at almost any time. */
    const signalServer = (signal: NodeJS.Signals): Promise<true> =>
      eventually('a server that is used', SEEN_LIMIT_MS, () => {
        const [server, user] = ['cfs-fuse', 'ls'].map((name) =>
          processesWith(home).find(({ words }) => words[0]?.split('/').at(-1) === name),
        );
        return server !== undefined && user !== undefined && wasSent(server.pid, signal);
      });
    const failed = () => readSamples(out).filter((sample) => sample.outcome === 'failed');
    await eventually('a few slots', SEEN_LIMIT_MS, () => samplesSoFar(out) >= 4);
    await signalServer('SIGKILL');
    await eventually('the failure of its slot', SEEN_LIMIT_MS, () => failed().length > 0);
    await signalServer('SIGSTOP');
    const { code, stderr } = await run.done;
    assert.equal(code, 5, stderr);
    assert.equal(failed().length, 2);
    assert.match(failed()[0]!.message, /the server cfs-fuse was killed by SIGKILL$/);
    assert.equal(failed()[1]!.code, 'timeout');
    const { plan } = readRun(out);
    assert.equal(readSamples(out).length, plan.slots.length, 'the run continued');
    assert.deepEqual(leftOf(home), []);
  });
});
