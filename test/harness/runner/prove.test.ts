import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { WalkMount } from '../../../harness/digest/of-mount.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import type { Backend, Mounted, Store } from '../../../harness/model/backend.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Image } from '../../../harness/model/image.ts';
import { oneAtATime, type Proved, prove } from '../../../harness/runner/prove.ts';
import { openWorkspace } from '../../../harness/runner/workspace.ts';
import { fakeClock } from '../support/clock.ts';
import { recordingMachine } from '../support/recording-machine.ts';
import { tellingPrepared } from '../support/slot.ts';
import { smallImage } from '../support/stage.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';

test('exclusive work runs one at a time in its order, also after a failure', async () => {
  const alone = oneAtATime();
  const seen: string[] = [];
  const work = (name: string, fails: boolean) =>
    alone(async () => {
      seen.push(`${name} begins`);
      await new Promise(setImmediate);
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const ends = await Promise.allSettled([work('one', false), work('two', true), work('three', false)]);
  assert.deepEqual(seen, ['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

const EXPECTED = { digest: 'all', metadataDigest: 'metadata', mergedDigest: 'merged' };

interface Undone {
  readonly proved: Proved;
  readonly log: readonly string[];
  readonly hasFolder: boolean;
}

interface Ending {
  /** Absent: the prepared image cannot be closed, because a server does not end. */
  readonly close?: () => Promise<void>;
  readonly lost?: () => readonly string[];
}

/** A proof whose mount cannot be detached. */
const provedWith = async (
  t: TestContext,
  walk: () => Promise<unknown>,
  { close, lost = () => [] }: Ending = {},
): Promise<Undone> => {
  const recording = recordingMachine(fakeClock(t));
  const { log } = recording;
  const machine = { ...recording.machine, servers: { lost, abort() {} } };
  const stuck = (what: string) => (): never => {
    log.push(what);
    throw new UserError(`SIGKILL did not end a server at ${what}`, { code: 'leak' });
  };
  const real = tellingPrepared(recording);
  const prepared: typeof real = {
    ...real,
    async create(store, dir) {
      const created = await real.create(store, dir);
      const mount = async (at: string): Promise<Mounted> => ({
        ...(await created.mount(at)),
        detach: stuck('detach'),
      });
      return { ...created, mount };
    },
    close: close ?? stuck('close'),
  };
  const backend = { id: 'told', shows: 'contents', prepare: async () => prepared } as unknown as Backend;
  const workspace = openWorkspace(makeWork(join(temporaryFolder(t), 'work')));
  const folders = workspace.slot('proof');
  const image = smallImage();
  const proved = await prove({
    arm: { id: 'told', backend, options: {} },
    image: { ...image, manifest: imageBytes(image.tree) } as Image,
    expected: { ...EXPECTED, listingPath: '' },
    machine,
    store: {} as Store,
    folders,
    workDir: workspace.dir,
    walk: walk as WalkMount,
    walkLimitMs: () => 1000,
    alone: oneAtATime(),
  });
  return { proved, log, hasFolder: existsSync(folders.dir) };
};

test('a proof that fails undoes everything, even if nothing of it can be closed, and says why it failed', async (t) => {
  const { proved, log, hasFolder } = await provedWith(t, () =>
    Promise.reject(new UserError('cannot read', { code: 'EIO' })),
  );
  assert.deepEqual(proved.kind === 'proof' && [proved.proof.equal, proved.proof.difference], [
    false,
    'cannot read',
  ]);
  assert.deepEqual(
    log.filter((line) => ['detach', 'close', 'lost'].includes(line)),
    ['detach', 'close'],
  );
  assert.equal(hasFolder, false);
});

test('a server that does not end after a proof fails the proof, and not the run', async (t) => {
  const { proved, hasFolder } = await provedWith(t, async () => EXPECTED);
  assert.deepEqual(proved.kind === 'proof' && [proved.proof.equal, proved.proof.difference], [
    false,
    'SIGKILL did not end a server at close',
  ]);
  assert.equal(hasFolder, false);
});

test('a server that is killed at the end of a proof fails the proof', async (t) => {
  const killed = 'the server cfs-fuse did not end after SIGTERM and was killed';
  for (const [walk, difference] of [
    [async () => EXPECTED, killed],
    [() => Promise.reject(new UserError('cannot read', { code: 'EIO' })), `cannot read; ${killed}`],
  ] as const) {
    const lost: string[] = [];
    const close = async () => void lost.push(killed);
    const ending = { close, lost: () => lost.splice(0) };
    const { proved } = await provedWith(t, walk, ending);
    assert.deepEqual(proved.kind === 'proof' && [proved.proof.equal, proved.proof.difference], [
      false,
      difference,
    ]);
  }
});

test('a bug during a proof ends the run, and everything is undone', async (t) => {
  const bug = new TypeError('undefined is not a function');
  await assert.rejects(
    provedWith(t, () => Promise.reject(bug)),
    bug,
  );
});
