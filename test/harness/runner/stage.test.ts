// The stage without a machine: what stands around a window, in which order, and what is undone.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Mounted, Store } from '../../../harness/model/backend.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { MadeFileSystem } from '../../../harness/model/machine.ts';
import { FS_TYPE, slotOf, tellingPrepared } from '../support/slot.ts';
import { openTestStage } from '../support/stage.ts';
import { temporaryFolder } from '../sys/support.ts';

test('probes start in order around a window and stop in reverse, whatever the phase returns', async (t) => {
  const { stage, log } = openTestStage(t);
  assert.equal(stage.phaseNow(), 'prepare');
  assert.equal(
    await stage.phase('create', async () => {
      log.push('work');
      return 'made';
    }),
    'made',
  );
  assert.equal(stage.phaseNow(), 'create');
  assert.deepEqual(log, [
    'one start create',
    'two start create',
    'three start create',
    'work',
    'three stop create',
    'two stop create',
    'one stop create',
  ]);
});

test('a phase that fails stops no probe, and stays the current phase', async (t) => {
  const { stage, log } = openTestStage(t);
  const broken = new Error('broken');
  await assert.rejects(
    stage.phase('mount', () => Promise.reject(broken)),
    broken,
  );
  assert.equal(stage.phaseNow(), 'mount');
  assert.deepEqual(
    log.filter((line) => line.includes('stop')),
    [],
  );
});

test('a sync is of the file systems of the slot and of the backend, and returns their nanoseconds', (t) => {
  const recording = openTestStage(t);
  const { folders, script } = recording;
  script.costNs['syncfs'] = 700;
  assert.equal(recording.stage.sync(), 700);
  assert.deepEqual(recording.log, [`syncfs ${folders.dir}`]);
  const own = openTestStage(t, slotOf(), {
    prepared: { ...tellingPrepared(recording), ownFileSystem: '/own' },
  });
  own.script.costNs['syncfs'] = 700;
  assert.equal(own.stage.sync(), 1400);
  assert.deepEqual(own.log, [`syncfs ${own.folders.dir}`, 'syncfs /own']);
});

test('the footprint is what the slot created in its folders and in its own store', async (t) => {
  const home = temporaryFolder(t);
  const store = join(home, 'store');
  mkdirSync(join(store, 'there'), { recursive: true });
  writeFileSync(join(store, 'there', 'before'), 'x'.repeat(5000));
  const { stage } = openTestStage(t, slotOf({ pass: 'count' }), { ownStore: [store] });
  const folder = stage.folder('image');
  writeFileSync(join(folder, 'image.cfs'), 'x'.repeat(5000));
  writeFileSync(join(store, 'there', 'object'), 'x'.repeat(9000));
  const { createdFileCount, createdInodeCount, createdDiskBytes } = await stage.footprint();
  assert.deepEqual([createdFileCount, createdInodeCount], [2, 2]);
  assert.equal(createdDiskBytes! % 512, 0);
});

test('took says whether the file system enabled fs-verity for digested objects', (t) => {
  for (const [verity, said] of [
    [true, 'enabled for each object'],
    [false, 'the file system has none'],
  ] as const) {
    const store = { ingested: () => ({ verity }) } as Store;
    const { stage } = openTestStage(t, slotOf(), { store });
    assert.deepEqual(stage.took(), { window: 'one call', verity: said });
  }
});

const mountedAt = (root: string, log: string[]): Mounted => ({
  root,
  fsType: FS_TYPE,
  servers: [],
  took: { erofs: 'file' },
  held: { kind: 'unchecked', why: 'a test' },
  async unmount() {},
  async settle() {},
  detach: () => void log.push(`detach ${root}`),
});

test('a mount of the wrong type is refused, and detach includes mounts that were refused', (t) => {
  const { stage, log, script } = openTestStage(t);
  assert.deepEqual(stage.took(), { window: 'one call' });
  script.types.set('/right', FS_TYPE);
  stage.mounted(mountedAt('/right', log));
  assert.deepEqual(stage.took(), { erofs: 'file', window: 'one call' });
  script.types.set('/wrong', 'ext4');
  assert.throws(() => stage.mounted(mountedAt('/wrong', log)), {
    code: 'wrong-mount',
    facts: ['at: /wrong', 'expected: overlay', 'found: ext4'],
  });
  assert.throws(() => stage.mounted(mountedAt('/none', log)), { code: 'wrong-mount' });
  stage.detach();
  assert.deepEqual(
    log.filter((line) => line.startsWith('detach')),
    ['detach /right', 'detach /wrong', 'detach /none'],
  );
});

test('a mount that cannot be detached does not stop the others from being detached', (t) => {
  const { stage, log, script } = openTestStage(t);
  for (const root of ['/one', '/two', '/three']) {
    script.types.set(root, FS_TYPE);
    const mounted = mountedAt(root, log);
    const detach = (): void => {
      mounted.detach();
      if (root !== '/three') throw new UserError('SIGKILL did not end a server', { code: 'leak' });
    };
    stage.mounted({ ...mounted, detach });
  }
  stage.detach();
  assert.deepEqual(
    log.filter((line) => line.startsWith('detach')),
    ['detach /one', 'detach /two', 'detach /three'],
  );
});

test('close ends crowds, then removes file systems in reverse order with the stores on them', async (t) => {
  const { stage, log, machine, dropped, folders } = openTestStage(t);
  const made: string[] = [];
  machine.fileSystem = async (type, dir) => {
    made.push(dir);
    return { root: `${dir}/${type}`, remove: () => void log.push(`remove ${type}`) } as MadeFileSystem;
  };
  const { root } = await stage.fileSystem('ext4').catch(() => assert.fail('not made'));
  await stage.fileSystem('xfs');
  await stage.crowd(2);
  stage.storeIn([join(folders.things, 'aside')]);
  stage.storeIn([root]);
  await stage.close();
  assert.equal(made.length, 2);
  assert.deepEqual(log.slice(-3), ['crowd ends', 'remove xfs', 'remove ext4']);
  assert.deepEqual(dropped, [join(folders.things, 'aside')]);
});
