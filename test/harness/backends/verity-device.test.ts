// Devices that the kernel verifies. The hash tree is made and checked by the real program; the kernel's part needs a device mapper, and is
// asked by a machine that records what it is told.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { onVerityDevice, resealVerity, verityFile } from '../../../harness/backends/verity-device.ts';
import type { Mounted } from '../../../harness/model/backend.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Machine } from '../../../harness/model/machine.ts';
import { runCommand } from '../../../harness/sys/commands.ts';
import { deviceNames } from '../../../harness/sys/mapper-devices.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { temporaryFolder } from '../sys/support.ts';

const needsProgram = findProgram('veritysetup') === null ? 'veritysetup is not installed' : false;

const command: Machine['command'] = async (_actor, [name = '', ...args], options) =>
  runCommand([findProgram(name) ?? name, ...args], options);

test('verityFile pads data to whole blocks, adds a hash tree that detects a changed byte, and runs once', {
  skip: needsProgram,
}, async (t) => {
  const path = join(temporaryFolder(t), 'image.verity');
  const data = randomBytes(300 * 4096 + 17);
  const machine = { command } as Machine;
  const made = await verityFile(machine, path, (to) => writeFileSync(to, data));
  assert.equal(made.dataBytes, 301 * 4096);
  assert.match(made.rootHash, /^[0-9a-f]{64}$/);
  assert.deepEqual(readFileSync(path).subarray(0, data.length), data);
  assert.ok(statSync(path).size > made.dataBytes);
  const verify = (): number | null =>
    spawnSync('veritysetup', ['verify', path, path, made.rootHash, `--hash-offset=${made.dataBytes}`]).status;
  assert.equal(verify(), 0);
  const again = await verityFile(machine, path, () => assert.fail('it is there'));
  assert.deepEqual(again, made);
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.from([data[5000]! ^ 1]), 0, 1, 5000);
  closeSync(fd);
  assert.notEqual(verify(), 0);
  assert.deepEqual(
    execFileSync('ls', [join(path, '..')], { encoding: 'utf8' })
      .trim()
      .split('\n'),
    ['image.verity', 'image.verity.json'],
  );
});

test('a new hash tree is where the old one was, and behind data that are longer', async (t) => {
  const path = join(temporaryFolder(t), 'manifest');
  const formatted: string[] = [];
  const machine = {
    async command(_actor: string, argv: readonly string[], { stdout = '' } = {}) {
      formatted.push(argv.filter((word) => /hash-offset|data-blocks/.test(word)).join(' '));
      writeFileSync(stdout, `Root hash: ${'ab'.repeat(32)}\n`);
    },
  } as unknown as Machine;
  for (const [bytes, dataBytes] of [
    [4096, 8192],
    [8192, 8192],
    [8193, 12288],
  ] as const) {
    writeFileSync(path, Buffer.alloc(bytes, 1));
    await resealVerity(machine, path, 8192);
    assert.equal(statSync(path).size, dataBytes);
    assert.equal(formatted.pop(), `--hash-offset=${dataBytes} --data-blocks=${dataBytes / 4096}`);
  }
});

const FILE = { path: '/work/image', dataBytes: 8192, rootHash: 'ab'.repeat(32) };

/** `fails`: the command whose last word but the name is this fails. */
const recording = (fails = '') => {
  const log: string[] = [];
  const machine = {
    mounts: {
      deviceName: deviceNames('/work'),
      loop: (file: string) => {
        log.push(`loop ${file}`);
        return { device: '/dev/loop7', fd: 42 };
      },
    },
    files: {
      close: (fd: number) => void log.push(`close ${fd}`),
      exists: () => true,
      unlink: (path: string) =>
        void log.push(`unlink ${path.replace(/cfsbench-[0-9a-f]{16}-[0-9a-f]{16}$/, 'N')}`),
    },
    async command(actor: string, argv: readonly string[]) {
      const words = argv.join(' ').replace(/cfsbench-[0-9a-f]{16}-[0-9a-f]{16}/, 'N');
      log.push(words);
      assert.equal(actor, 'veritysetup');
      if (fails !== '' && words.includes(fails)) throw new UserError('no', { code: 'command-failed' });
    },
  } as unknown as Machine;
  const mounted = {
    root: '/at',
    settle: async () => void log.push('settle'),
    detach: () => void log.push('detach'),
  } as unknown as Mounted;
  return { log, machine, mounted };
};

const OPEN = `veritysetup open /dev/loop7 N /dev/loop7 ${FILE.rootHash} --hash-offset=8192`;

test('a device and its name exist from veritysetup open until the mount is settled', async () => {
  const { log, machine, mounted } = recording();
  const found = await onVerityDevice(machine, FILE, ({ path, loop }) => {
    assert.match(path, /^\/dev\/mapper\/cfsbench-[0-9a-f]{16}-[0-9a-f]{16}$/);
    assert.equal(loop, '/dev/loop7');
    log.push('mount');
    return mounted;
  });
  assert.deepEqual(log, ['loop /work/image', OPEN, 'close 42', 'mount', 'veritysetup close --deferred N']);
  // The loop device may outlive the unmount, and that says nothing of the unmount.
  assert.equal(found.held.kind, 'unchecked');
  await found.settle();
  assert.deepEqual(log.slice(5), ['settle', 'unlink /dev/mapper/N']);
});

test('two devices have two names', async () => {
  const names = new Set<string>();
  for (const { machine, mounted } of [recording(), recording()])
    await onVerityDevice(machine, FILE, ({ path }) => {
      names.add(path);
      return mounted;
    });
  assert.equal(names.size, 2);
});

test('a failed open leaves no loop device, and a failed mount no device', async () => {
  const closed = recording('open');
  await assert.rejects(
    onVerityDevice(closed.machine, FILE, () => assert.fail('not open')),
    {
      code: 'command-failed',
    },
  );
  assert.deepEqual(closed.log, ['loop /work/image', OPEN, 'close 42']);
  const unmounted = recording();
  const refused = new UserError('no mount', { code: 'EIO' });
  await assert.rejects(
    onVerityDevice(unmounted.machine, FILE, () => {
      throw refused;
    }),
    refused,
  );
  assert.deepEqual(unmounted.log.slice(3), ['veritysetup close N']);
  const undeferred = recording('--deferred');
  await assert.rejects(
    onVerityDevice(undeferred.machine, FILE, () => undeferred.mounted),
    { code: 'verity-close' },
  );
  assert.deepEqual(undeferred.log.slice(3), [
    'veritysetup close --deferred N',
    'detach',
    'veritysetup close N',
  ]);
});
