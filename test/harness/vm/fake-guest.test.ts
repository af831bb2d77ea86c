// `cfsbench vm` with a QEMU that is a stand-in: exit codes, pages and folders.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockRun } from '../../../harness/sys/run-locks.ts';
import { PROGRAM, program, start } from '../../end-to-end/support.ts';
import { storedRun } from '../../report/support/stored-run.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { needsRoot, privateMounts, setVariable, temporaryFolder } from '../sys/support.ts';
import { needsGuests } from './needs.ts';
import { cache, DONE, kernel, returning, standIns } from './stand-ins.ts';

standIns();

/** As sudo says it. */
const NOBODY = 65534;
const RUN = ['--', 'run', '--count-only', '--profile', 'quick'];

test('the exit code of several kernels is the worst one, and not the last one', {
  skip: needsGuests,
}, async (t) => {
  const out = join(temporaryFolder(t), 'out');
  const kernels = [134, 4].flatMap((exit) => ['--kernel', kernel(t, returning(t, exit, false), DONE)]);
  const { code, stderr } = await program(t, ['vm', ...kernels, '--cache', cache, '--out', out, ...RUN]);
  assert.equal(code, 134, stderr);
});

test('a kernel that cannot be had does not take the page of the others with it', {
  skip: needsGuests,
}, async (t) => {
  const out = join(temporaryFolder(t), 'out');
  const kernels = [join(cache, 'none'), kernel(t, returning(t, 0, true), DONE)];
  const asked = kernels.flatMap((path) => ['--kernel', path]);
  const { code, stderr } = await program(t, ['vm', '--matrix', ...asked, '--cache', cache, '--out', out]);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /^cfsbench: no such kernel file: /m);
  assert.match(readFileSync(join(out, 'kernels.html'), 'utf8'), /cfsbench under 1 kernel/);
});

test('a guest that returns something odd does not take the page of the others with it', {
  skip: needsGuests,
}, async (t) => {
  const odd = ['mkdir exit', 'echo 0 >exit; echo >run', 'echo 6 >exit; echo >run'].map((leave) =>
    kernel(t, `cd ${temporaryFolder(t)}; ${leave}; tar -cf "$results" .`, DONE),
  );
  const modules = temporaryFolder(t);
  writeFileSync(join(modules, 'erofs.ko.gz'), 'damaged');
  const out = join(temporaryFolder(t), 'out');
  const asked = [...odd, kernel(t, returning(t, 0, true), DONE)].flatMap((path) => ['--kernel', path]);
  const more = ['--kernel', kernel(t, returning(t, 0, true), DONE), '--modules', modules];
  const { code, stderr } = await program(t, [
    ...['vm', '--matrix', ...asked, ...more, '--cache', cache, '--out', out],
  ]);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /^cfsbench: cannot read the kernel module /m);
  assert.match(readFileSync(join(out, 'kernels.html'), 'utf8'), /cfsbench under 1 kernel/);
});

test('a run that cannot be read does not take the page of the others with it, also when it is made again', async (t) => {
  const out = temporaryFolder(t);
  const from = () => program(t, ['vm', '--matrix', '--from', out]);
  mkdirSync(join(out, 'broken'));
  writeFileSync(join(out, 'broken/run.json'), '{');
  const none = await from();
  assert.equal(none.code, 5, none.stderr);
  assert.match(none.stderr, /^cfsbench: no run of this folder can be read: /m);
  storeRun(join(out, 'right'), storedRun());
  const { code, stderr } = await from();
  assert.equal(code, 5, stderr);
  assert.match(stderr, /^cfsbench: .*broken/m);
  assert.match(readFileSync(join(out, 'kernels.html'), 'utf8'), /cfsbench under 1 kernel/);
  rmSync(join(out, 'broken'), { recursive: true });
  assert.equal((await from()).code, 0);
});

test('under sudo the runs and pages of guests belong to the calling user', {
  skip: needsRoot || needsGuests,
}, async (t) => {
  const asked = (count: number): readonly string[] =>
    Array.from({ length: count }).flatMap(() => ['--kernel', kernel(t, returning(t, 0, true), DONE)]);
  const foreign = async (...args: readonly string[]): Promise<readonly string[]> => {
    const above = temporaryFolder(t);
    chownSync(above, NOBODY, NOBODY);
    const env = { SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY) };
    const there = ['sh', '-c', 'cd "$0" && exec "$@"', above, process.execPath, PROGRAM, 'vm'];
    const { code, stderr } = await start(t, [...there, '--cache', cache, ...args, ...RUN], env).done;
    assert.equal(code, 0, stderr);
    const all = readdirSync(above, { recursive: true, encoding: 'utf8' });
    assert.ok(all.some((name) => name.endsWith('/run.json')));
    return all.filter((name) => lstatSync(join(above, name)).uid !== NOBODY);
  };
  for (const out of [[], ['--out', 'runs/guests']])
    for (const kind of [[], ['--matrix']])
      for (const count of [1, 2]) assert.deepEqual(await foreign(...kind, ...asked(count), ...out), []);
});

test('a guest does not measure beside a run of its machine, unless it may', {
  skip: needsGuests,
}, async (t) => {
  const locks = temporaryFolder(t);
  setVariable(t, 'CFSBENCH_LOCKS', locks);
  const lock = await lockRun({ pid: process.pid, startedAt: new Date().toISOString(), runDir: '/first' });
  t.after(() => lock.close());
  const asked = ['--kernel', kernel(t, returning(t, 0, true), DONE), '--cache', cache];
  const measure = (out: string, ...more: readonly string[]) =>
    start(t, [process.execPath, PROGRAM, 'vm', ...asked, '--out', join(locks, out), ...RUN, ...more], {
      CFSBENCH_LOCKS: locks,
    }).done;
  const refused = await measure('refused');
  assert.equal(refused.code, 4, refused.stderr);
  assert.match(refused.stderr, /^cfsbench: another run measures on this machine\n {2}\/first, since /);
  const allowed = await measure('allowed', '--allow-parallel');
  assert.equal(allowed.code, 0, allowed.stderr);
});

test('a guest is refused where the folder of guests has too little free space', {
  skip: needsRoot || needsGuests,
}, async (t) => {
  privateMounts();
  const small = temporaryFolder(t);
  const image = kernel(t, returning(t, 0, true), DONE);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]);
  const { code, stderr } = await program(t, ['vm', '--kernel', image, '--cache', small, ...RUN]);
  execFileSync('umount', ['-l', small]);
  assert.equal(code, 4, stderr);
  assert.match(stderr, /not enough free disk space for guests in .*\n {2}free: 0\.1 GiB; needed: 2\.0 GiB/);
});
