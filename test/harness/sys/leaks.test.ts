import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { files } from '../../../harness/sys/files.ts';
import { diff, takeSnapshot } from '../../../harness/sys/leaks.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { needsRoot, privateMounts, temporaryFolder, untilNamed } from './support.ts';

interface Sleeper {
  readonly pid: number;
  end(): Promise<unknown>;
}

/** Reaped before the test ends: the next test would see a zombie. */
const sleeper = async (t: TestContext, seconds: string): Promise<Sleeper> => {
  const child = spawn('sleep', [seconds], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  const end = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return exit;
  };
  t.after(end);
  await untilNamed(child.pid!, `sleep ${seconds}`);
  return { pid: child.pid!, end };
};

test('a leaked file and a leaked process are listed, and nothing else', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'known'));
  const watched = { folder, ownPidNamespace: false };
  const earlier = takeSnapshot(watched);
  assert.deepEqual(diff(earlier, takeSnapshot(watched)), []);

  writeFileSync(Buffer.from(`${folder}/known/n\xe9w`, 'latin1'), '');
  const child = await sleeper(t, '31');
  const left = diff(earlier, takeSnapshot(watched));
  assert.deepEqual(left, [`process: ${child.pid} sleep 31`, `file: ${folder}/known/n\\xe9w`]);

  await child.end();
  rmSync(join(folder, 'known'), { recursive: true });
  assert.deepEqual(diff(earlier, takeSnapshot(watched)), []);
});

test('the child of the run is no leak; another child is', async (t) => {
  const children = [await sleeper(t, '30'), await sleeper(t, '30')];
  const folder = temporaryFolder(t);
  const pidsIn = (ownChild: number | null) =>
    [...takeSnapshot({ folder, ownPidNamespace: false, ownChild }).processes].filter((line) =>
      children.some(({ pid }) => line.startsWith(`process: ${pid} `)),
    );
  assert.equal(pidsIn(null).length, 2);
  assert.deepEqual(pidsIn(children[0]!.pid), [`process: ${children[1]!.pid} sleep 30`]);
});

describe('leaks in the kernel', { skip: needsRoot }, () => {
  before(privateMounts);

  test('a leaked mount and a leaked loop device are listed', (t) => {
    const folder = temporaryFolder(t);
    const [at, image] = [join(folder, 'at'), join(folder, 'image')];
    mkdirSync(at);
    writeFileSync(image, Buffer.alloc(4096));
    const watched = { folder, ownPidNamespace: false };
    const earlier = takeSnapshot(watched);
    const loop = mounts.loop(image, { directIo: false });
    mounts.attach(mounts.create('tmpfs', [], []), at);
    writeFileSync(join(at, 'inside'), '');
    assert.deepEqual(diff(earlier, takeSnapshot(watched)), [
      `mount: ${at} (tmpfs)`,
      `loop device: ${loop.device} (${image})`,
    ]);
    mounts.unmount(at);
    files.close(loop.fd);
    assert.deepEqual(diff(earlier, takeSnapshot(watched)), []);
  });
});
