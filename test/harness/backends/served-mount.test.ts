// Detaching a mount whose server the kernel cannot end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend as shared } from '../../../harness/backends/composefs-fuse-shared.ts';
import { servedMount } from '../../../harness/backends/served-mount.ts';
import type { Store } from '../../../harness/model/backend.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Machine, Server } from '../../../harness/model/machine.ts';
import { fakeClock } from '../support/clock.ts';
import { type RecordingMachine, recordingMachine } from '../support/recording-machine.ts';
import { smallImage } from '../support/stage.ts';

const stuck = (log: string[]): Server => ({
  pid: 7,
  sendCommand: () => 'ok',
  exited: () => false,
  close() {
    log.push('close the server');
    throw new UserError('SIGKILL did not end a server', { code: 'leak' });
  },
});

/** Takes call lists without making the calls. */
const withStuckServer = ({ machine, log }: RecordingMachine): Machine => ({
  ...machine,
  calls: <T>() => undefined as T,
  serve: () => stuck(log),
});

test('detach of a mount with its own server never throws, and detaches every mount at the root', (t) => {
  const recording = recordingMachine(fakeClock(t));
  const { log } = recording;
  servedMount(withStuckServer(recording), {
    ...{ title: 'cfs-fuse', server: stuck(log), root: '/at', fsType: 'overlay', took: {} },
    mountCount: 2,
  }).detach();
  assert.deepEqual(log, [
    ...['abortFuse /at', 'unmount /at true', 'abortFuse /at', 'unmount /at true'],
    'close the server',
  ]);
});

test('detach of a mount of a shared server never throws, and detaches before it closes the server', async (t) => {
  const recording = recordingMachine(fakeClock(t));
  const machine = withStuckServer(recording);
  const prepared = await shared.prepare(smallImage(), machine, {});
  const store = { objectDirs: ['/store'] } as unknown as Store;
  const mounted = await (await prepared.create(store, '/image')).mount('/at');
  recording.log.length = 0;
  mounted.detach();
  assert.deepEqual(recording.log, ['unmount /at true', 'close the server']);
  await assert.rejects(async () => prepared.close?.(), { code: 'leak' });
});
