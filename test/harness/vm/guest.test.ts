// Guests of a QEMU that is a stand-in: what they return, and how they end.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { openCache } from '../../../harness/vm/cache.ts';
import { type GuestResult, runInGuest } from '../../../harness/vm/guest.ts';
import { temporaryFolder } from '../sys/support.ts';
import { argumentsFile, DONE, kernel, returning, standIns } from './stand-ins.ts';

standIns();

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
  const drives = readFileSync(argumentsFile, 'utf8').match(/file=\S+/g)!;
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
