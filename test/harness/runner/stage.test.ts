// The stage without a machine: what stands around a window, in which order, and what is undone.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Mounted, Store } from '../../../harness/model/backend.ts';
import type { MadeFileSystem } from '../../../harness/model/machine.ts';
import { FS_TYPE, slotOf, tellingPrepared } from '../support/slot.ts';
import { openTestStage } from '../support/stage.ts';
import { temporaryFolder } from '../sys/support.ts';

test('probes start in their order around a window and stop in the reverse one, whatever the phase returns', async (t) => {
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

test('of a phase that fails nothing is recorded, and it is named', async (t) => {
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

test('a sync is of the slot’s file system and of the backend’s own, and tells nanoseconds of both', (t) => {
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

test('the footprint is what came since the slot began: its folders, and its own store', async (t) => {
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

test('what was digested says whether the file system took fs-verity', (t) => {
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

test('what is mounted must be what was asked for, and is abandoned after a failure, also when it is not', (t) => {
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

test('crowds end first, file systems go latest first, and stores on them go with them', async (t) => {
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
