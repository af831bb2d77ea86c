import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyFile } from '../../../harness/backends/copy-file.ts';
import type { Machine } from '../../../harness/model/machine.ts';
import { createRecorder, WORKER_MARK, workerFolder } from '../../../harness/sys/recorder.ts';
import { stepwiseFiles as files, temporaryFolder } from './support.ts';

/** A machine that notes what is really done. */
const noting = () => {
  const done: string[] = [];
  const machine = {
    features: { mark: true },
    calls: () => void done.push('calls'),
    command: async () => void done.push('command'),
    serve: () => assert.fail('a server is started'),
    settled: () => assert.fail('something is waited for'),
    files: {
      exists: () => true,
      batch: { canDigest: true, removeTree: (path: string) => void done.push(`remove ${path}`) },
    },
  } as unknown as Machine;
  return { done, recorder: createRecorder(machine) };
};

test('recording a phase executes nothing, also through methods that were read before', async () => {
  const { done, recorder } = noting();
  const { machine } = recorder;
  const { batch } = machine.files;
  await recorder.record('create', () => machine.command('tar', ['tar', '-x']));
  await recorder.record('destroy', () => batch!.removeTree('/tree'));
  assert.deepEqual(done, []);
  assert.deepEqual(recorder.take(), [
    { phase: 'create', kind: 'command', argv: ['tar', '-x'] },
    { phase: 'destroy', kind: 'remove', path: '/tree' },
  ]);
  batch!.removeTree('/other');
  await machine.command('true', ['true']);
  assert.deepEqual(done, ['remove /other', 'command']);
  assert.deepEqual(recorder.take(), []);
});

test('a server started before the lives is shared; one that starts in a life belongs to it', async () => {
  const { recorder } = noting();
  const shared = recorder.machine.serve('cfs-fuse', ['cfs-fuse', '{control}']);
  assert.deepEqual(recorder.sharedServer(), ['cfs-fuse', '{control}']);
  await recorder.record('mount', () => {
    assert.equal(shared.sendCommand(['mount', '/a']), 'ok');
    const own = recorder.machine.serve('cfs-fuse', ['cfs-fuse', '{ready}']);
    assert.equal(own.exited(5), true);
  });
  assert.deepEqual(
    recorder.take().map(({ kind }) => kind),
    ['message', 'serve', 'exited'],
  );
});

test('paths with the mark of a worker are looked up in the folder of the first worker', async (t) => {
  const { recorder } = noting();
  const home = temporaryFolder(t);
  mkdirSync(join(home, workerFolder(0)));
  await recorder.record('create', () => {
    assert.equal(recorder.machine.files.exists(join(home, WORKER_MARK)), true);
    assert.equal(recorder.machine.files.exists(join(home, WORKER_MARK, 'layer')), false);
  });
});

test('a life that makes calls one by one cannot be recorded, and makes none of them', async (t) => {
  const folder = temporaryFolder(t);
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  writeFileSync(from, 'x');
  const { machine, record } = createRecorder({ ...noting().recorder.machine, files });
  await assert.rejects(
    record('create', () => copyFile(machine, from, to, null)),
    { code: 'skip', message: /workers cannot make a life of this backend: it needs open/ },
  );
  assert.equal(existsSync(to), false);
  for (const name of ['pread', 'write', 'close', 'enableVerity', 'measureVerity', 'names'] as const)
    await assert.rejects(
      record('mount', () => (machine.files[name] as (fd: number) => unknown)(-1)),
      { code: 'skip' },
      name,
    );
  // Between the phases they are made.
  copyFile(machine, from, to, null);
  assert.equal(existsSync(to), true);
});

test('a life that depends on the number of a loop device cannot be recorded', async () => {
  const { recorder } = noting();
  const work = (): unknown => recorder.machine.calls((list) => list.loop('/image', { directIo: false }));
  await assert.rejects(recorder.record('mount', work), { code: 'skip' });
});
