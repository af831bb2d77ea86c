// Resources of a mount that are still in use right after its unmount returned are counted, for every kind of backend.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Created, Mounted } from '../../harness/model/backend.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { unmountAll } from '../../scenarios/live-mounts.ts';
import { openSetting, type Setting } from '../harness/backends/setting.ts';
import { needsRoot, privateMounts } from '../harness/sys/support.ts';

const HOLD_MS = 200;
/** Settling waits for a server, however long it lives. */
const SERVER_SECONDS = '2';
/** Another process may get the device number of a superblock within these microseconds. */
const NUMBERS_TAKEN = 1;

describe('resources in use after unmount has returned', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  let folders = 0;
  const holders: ChildProcess[] = [];
  const made: Created[] = [];

  before(async () => {
    setting = await openSetting('synthetic:files=20,layers=2,seed=held');
  });
  after(async () => {
    for (const holder of holders)
      if (holder.exitCode === null) await new Promise((end) => holder.once('exit', end));
    for (const created of made) await created.destroy();
    await setting.remove();
  });

  const folder = (): string => setting.folder(`held-${folders++}`);
  const mount = async (id: string, options: Readonly<Record<string, string>> = {}) => {
    const dir = folder();
    const prepared = await setting.backend(id).prepare(setting.image, setting.machine, options);
    await prepared.ingest(setting.store);
    const created = await prepared.create(setting.store, dir);
    made.push(created);
    return { dir, mounted: await created.mount(folder()), prepared };
  };
  /** `release` is called a while after unmount has returned: never before the first look at what is in use. */
  const released = (mounted: Mounted, release: () => void): Mounted => ({
    ...mounted,
    async unmount() {
      await mounted.unmount();
      setTimeout(release, HOLD_MS);
    },
  });
  /** The mount, with a file that another process has open until a second after its unmount: settling blocks this one. */
  const holding = (mounted: Mounted, path: string): Mounted => {
    const fd = openSync(path, 'r');
    const holder = spawn('sh', ['-c', 'read go; sleep 1'], { stdio: ['pipe', 'ignore', 'ignore', fd] });
    closeSync(fd);
    holders.push(holder);
    return {
      ...mounted,
      async unmount() {
        await mounted.unmount();
        holder.stdin!.end('go\n');
      },
    };
  };
  const stillThere = async (...mounts: readonly Mounted[]): Promise<number | undefined> =>
    (await unmountAll(mounts, setting.machine.meters))['stillThereCount'];

  test('are none for kernel backends that no process uses', async () => {
    for (const id of ['erofs-overlay', 'erofs-overlay-loop', 'erofs-only']) {
      const { mounted } = await mount(id);
      const down = await unmountAll([mounted], setting.machine.meters);
      assert.deepEqual([down['askedCount'], down['stillThereCount']], [1, 0], id);
    }
    const overlays: Mounted[] = [];
    for (let i = 0; i < 20; i++) overlays.push((await mount('unpacked-overlay')).mounted);
    const down = await unmountAll(overlays, setting.machine.meters);
    assert.equal(down['askedCount'], overlays.length);
    assert.ok(down['stillThereCount']! <= NUMBERS_TAKEN, `${down['stillThereCount']} of ${overlays.length}`);
  });

  test('include a manifest that a process has open', async () => {
    const { dir, mounted } = await mount('erofs-overlay');
    assert.equal(await stillThere(holding(mounted, join(dir, 'image.cfs'))), 1);
  });

  test('include a loop device that a process has open', async () => {
    const { mounted } = await mount('erofs-overlay-loop');
    assert.equal(await stillThere(holding(mounted, mounted.devices![0]!)), 1);
  });

  const atSecondPlace = async (
    work: (mounted: Mounted, umount: () => void) => Promise<void>,
  ): Promise<void> => {
    const { mounted } = await mount('unpacked-overlay');
    const second = folder();
    execFileSync('mount', ['--bind', mounted.root, second]);
    await work(mounted, () => void execFileSync('umount', [second]));
  };

  test('include an overlay with a second mount that is detached a little later', () =>
    atSecondPlace(async (mounted, umount) => {
      assert.equal(await stillThere(released(mounted, umount)), 1);
    }));

  test('exclude a superblock that stays: its number may belong to another file system', () =>
    atSecondPlace(async (mounted, umount) => {
      assert.equal(await stillThere(mounted), undefined);
      umount();
    }));

  test('include a server that outlives its mount', async () => {
    const home = folder();
    mkdirSync(join(home, 'bin'));
    const slow = join(home, 'bin', 'cfs-fuse');
    writeFileSync(slow, `#!/bin/sh\n'${serverPath}' "$@"\nsleep ${SERVER_SECONDS}\n`, { mode: 0o755 });
    const { mounted } = await mount('composefs-fuse', { server: slow });
    assert.equal(await stillThere(mounted), 1);
  });

  test('are unknown, not zero, for a backend that cannot be checked, which gives a reason', async () => {
    const { mounted } = await mount('hardlink-checkout');
    assert.equal(mounted.held.kind, 'unchecked');
    assert.match(mounted.held.kind === 'unchecked' ? mounted.held.why : '', /bind mount/);
    const down = await unmountAll([mounted], setting.machine.meters);
    assert.deepEqual([down['askedCount'], down['stillThereCount']], [undefined, undefined]);
    const { mounted: shared, prepared } = await mount('composefs-fuse-shared');
    assert.equal(shared.held.kind, 'unchecked');
    assert.equal(await stillThere(shared), undefined);
    await prepared.close?.();
  });
});
