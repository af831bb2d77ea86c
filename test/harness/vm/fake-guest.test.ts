// Guests of a QEMU that is a stand-in: what they return, and how they end. A kernel is the script that the stand-in runs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { lockRun } from '../../../harness/sys/run-locks.ts';
import { openCache } from '../../../harness/vm/cache.ts';
import { type GuestResult, runInGuest } from '../../../harness/vm/guest.ts';
import { ownState, PROGRAM, program, start } from '../../end-to-end/support.ts';
import { storedRun } from '../../report/support/stored-run.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { needsRoot, privateMounts, temporaryFolder } from '../sys/support.ts';

const home = mkdtempSync(join(tmpdir(), 'cfsbench-fake-guest-'));
const [bin, cache] = [join(home, 'bin'), join(home, 'cache')];

const QEMU = `#!/bin/sh
[ "$1" != --version ] || { echo 'QEMU emulator version 7.2.0'; exit; }
echo "$*" >${home}/arguments
while [ $# -gt 0 ]; do
  case $1 in
  -kernel) kernel=$2 ;;
  file:*) : >"\${1#file:}" ;;
  *call-*/results,*) results=\${1#file=} results=\${results%%,*} ;;
  esac
  shift
done
echo cfsbench-vm-up
. "$kernel"
`;
const MMDEBSTRAP = `#!/bin/sh
mkdir -p ${home}/tree/bin
echo busybox >${home}/tree/bin/busybox
for word; do
  case $word in */guest.tar) tar -C ${home}/tree -cf "$word" . ;; esac
done
`;

before(() => {
  ownState();
  for (const folder of [bin, cache]) mkdirSync(folder);
  const fakes = { 'qemu-system-x86_64': QEMU, mmdebstrap: MMDEBSTRAP, 'mkfs.ext4': '#!/bin/sh\n' };
  for (const [name, text] of Object.entries(fakes)) writeFileSync(join(bin, name), text, { mode: 0o755 });
  process.env['PATH'] = `${bin}:${process.env['PATH']}`;
});
after(() => rmSync(home, { recursive: true }));

/** As sudo says it. */
const NOBODY = 65534;
const DONE = 'echo cfsbench-vm-done';

/** Returns an archive with the exit code of the job, and with a run if there is one. */
const returning = (t: TestContext, exit: number, hasRun: boolean): string => {
  const out = temporaryFolder(t);
  writeFileSync(join(out, 'exit'), `${exit}\n`);
  if (hasRun) storeRun(join(out, 'run'), storedRun());
  return `tar -C ${out} -cf "$results" .`;
};

const kernel = (t: TestContext, ...lines: readonly string[]): string => {
  const path = join(temporaryFolder(t), 'bzImage');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};

const guest = async (t: TestContext, ...lines: readonly string[]): Promise<GuestResult> =>
  guestWith(t, {}, ...lines);

interface Given {
  readonly limitMs?: number;
  readonly parent?: string;
  readonly say?: (line: string) => void;
}

const guestWith = async (
  t: TestContext,
  { limitMs = 60_000, parent = temporaryFolder(t), say = () => {} }: Given,
  ...lines: readonly string[]
): Promise<GuestResult> => {
  const opened = openCache(parent);
  t.after(() => opened.close());
  const image = kernel(t, ...lines);
  return runInGuest({
    cache: opened,
    kernel: { name: 'bzImage', image, initramfs: image },
    tree: { disk: image, busybox: image },
    program: image,
    command: 'true',
    environment: () => ({}),
    memoryMb: 512,
    limitMs,
    leaves: 'run',
    say,
    onLine: () => {},
  });
};

test('a guest that ends while it writes its results has failed, whatever the disk holds', async (t) => {
  await assert.rejects(guest(t, returning(t, 0, true)), {
    message: 'the guest with the kernel bzImage failed: it ended before its results were complete',
    exit: 5,
  });
  assert.equal((await guest(t, returning(t, 0, true), DONE)).exit, 0);
});

test('a guest whose results are complete has not failed, however it ends', async (t) => {
  const returned = returning(t, 0, true);
  assert.equal((await guest(t, returned, DONE, 'exit 1')).exit, 0);
  assert.equal((await guestWith(t, { limitMs: 1000 }, returned, DONE, 'exec sleep 600')).exit, 0);
  await assert.rejects(
    guestWith(t, { limitMs: 1000 }, returned, 'exec sleep 600'),
    /it did not end within 1 s$/,
  );
});

test('a guest that cannot power off is ended soon after its results are complete', async (t) => {
  const startedMs = performance.now();
  assert.equal((await guestWith(t, {}, returning(t, 0, true), DONE, 'exec sleep 600')).exit, 0);
  assert.ok(performance.now() - startedMs < 55_000);
});

test('a guest with emulated CPUs says why, and what to remove to try KVM again', {
  skip: existsSync('/dev/kvm') ? false : 'needs /dev/kvm',
}, async (t) => {
  const parent = temporaryFolder(t);
  const opened = openCache(parent);
  const refused = join(opened.path, `no-kvm-${release()}`);
  writeFileSync(refused, 'failed to initialize kvm: Permission denied\n');
  opened.close();
  const said: string[] = [];
  const { accelerator } = await guestWith(
    t,
    { parent, say: (line) => said.push(line) },
    returning(t, 0, true),
    DONE,
  );
  assert.equal(accelerator, 'tcg');
  assert.equal(said.length, 1);
  assert.match(said[0]!, /did not start with KVM \(failed to initialize kvm: Permission denied\)/);
  assert.ok(said[0]!.endsWith(`; to try KVM again: rm ${refused}`), said[0]);
});

test('a guest whose command ended without an error and left no run has failed', async (t) => {
  await assert.rejects(guest(t, returning(t, 0, false), DONE), /left no results$/);
  assert.equal((await guest(t, returning(t, 6, false), DONE)).exit, 6);
});

test('a guest that returns no exit code has failed with a reason, and what it returned is kept', async (t) => {
  for (const leave of ['true', ': >exit', 'mkdir exit', 'echo -1 >exit', 'echo 0x0 >exit', 'seq 99 >exit']) {
    const script = `cd ${temporaryFolder(t)}; mkdir run; echo kept >run/kept; ${leave}; tar -cf "$results" .`;
    const error = await guest(t, script, DONE).catch((thrown) => thrown);
    assert.ok(error instanceof UserError, leave);
    assert.match(error.message, /failed: its results have no exit code: its \/tmp may be full/, leave);
    const [, kept] = /^all that it returned: (.*)$/m.exec(error.facts.join('\n'))!;
    assert.equal(readFileSync(join(kept!, 'run/kept'), 'utf8'), 'kept\n');
  }
});

test('a guest whose run is a plain file has left no run', async (t) => {
  const script = (exit: number) => `echo ${exit} >exit; echo >run; tar -cf "$results" exit run`;
  const at = `cd ${temporaryFolder(t)}`;
  await assert.rejects(guest(t, at, script(0), DONE), /left no results$/);
  assert.equal((await guest(t, at, script(6), DONE)).exit, 6);
});

test('a disk of this machine without space is an error in the guest, and no halt of it', async (t) => {
  await guest(t, returning(t, 0, true), DONE);
  const drives = readFileSync(join(home, 'arguments'), 'utf8').match(/file=\S+/g)!;
  assert.deepEqual(
    drives.map((drive) => [/readonly=(\w+)/.exec(drive)![1], drive.includes('werror=report')]),
    [
      ['on', false],
      ['on', false],
      ['off', true],
      ['off', true],
    ],
  );
});

const RUN = ['--', 'run', '--count-only', '--profile', 'quick'];

test('the exit code of several kernels is the worst one, and not the last one', async (t) => {
  const out = join(temporaryFolder(t), 'out');
  const kernels = [134, 4].flatMap((exit) => ['--kernel', kernel(t, returning(t, exit, false), DONE)]);
  const { code, stderr } = await program(t, ['vm', ...kernels, '--cache', cache, '--out', out, ...RUN]);
  assert.equal(code, 134, stderr);
});

test('a kernel that cannot be had does not take the page of the others with it', async (t) => {
  const out = join(temporaryFolder(t), 'out');
  const kernels = [join(home, 'none'), kernel(t, returning(t, 0, true), DONE)];
  const asked = kernels.flatMap((path) => ['--kernel', path]);
  const { code, stderr } = await program(t, ['vm', '--matrix', ...asked, '--cache', cache, '--out', out]);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /^cfsbench: no such kernel file: /m);
  assert.match(readFileSync(join(out, 'kernels.html'), 'utf8'), /cfsbench under 1 kernels/);
});

test('a guest that returns something odd does not take the page of the others with it', async (t) => {
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
  assert.match(readFileSync(join(out, 'kernels.html'), 'utf8'), /cfsbench under 1 kernels/);
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
  assert.match(readFileSync(join(out, 'kernels.html'), 'utf8'), /cfsbench under 1 kernels/);
  rmSync(join(out, 'broken'), { recursive: true });
  assert.equal((await from()).code, 0);
});

test('under sudo the runs and pages of guests belong to the calling user', { skip: needsRoot }, async (t) => {
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

test('a guest does not measure beside a run of its machine, unless it may', async (t) => {
  const locks = temporaryFolder(t);
  process.env['CFSBENCH_LOCKS'] = locks;
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
  skip: needsRoot,
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
