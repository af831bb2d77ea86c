// Slots that are skipped or fail: what the journal says, and that everything is closed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import type { Machine } from '../../../harness/model/machine.ts';
import type { Stage } from '../../../harness/model/scenario.ts';
import { smallImage } from '../support/stage.ts';
import { own, ran } from './slot-support.ts';

test('a scenario that cannot run here is skipped with its reason, and everything is closed', async (t) => {
  const scenario = {
    run() {
      throw new UserError('not here', { code: 'skip' });
    },
  };
  const { sample, log } = await ran(t, { scenario });
  assert.deepEqual(sample.outcome === 'skipped' && { need: sample.need, reason: sample.reason }, {
    need: 'image',
    reason: 'not here',
  });
  assert.deepEqual(log.slice(-3), ['release', 'one close', 'two close']);
});

test('a failed slot has its phase, code and facts, and its folder is removed', async (t) => {
  const scenario = {
    run: (stage: Stage) =>
      stage.phase('mount', () =>
        Promise.reject(new UserError('mount failed', { code: 'EIO', facts: ['at: here', 'kernel: no'] })),
      ),
  };
  const { sample, slotFolders } = await ran(t, { scenario });
  assert.deepEqual(
    sample.outcome === 'failed' && { phase: sample.phase, code: sample.code, message: sample.message },
    { phase: 'mount', code: 'EIO', message: 'mount failed; at: here; kernel: no' },
  );
  assert.deepEqual(slotFolders, []);
});

test('a value that JSON cannot hold fails its slot, not the run', async (t) => {
  for (const value of [Number.POSITIVE_INFINITY, Number.NaN]) {
    const { sample } = await ran(t, { scenario: { run: async () => ({ sharingRatio: value }) } });
    assert.deepEqual(sample.outcome === 'failed' && [sample.code, sample.message], [
      'value',
      `the value of sharingRatio is no finite number: ${value}`,
    ]);
  }
  const derived = await ran(t, { scenario: { derive: () => ({ countRatio: 1 / 0 }) } });
  assert.equal(derived.sample.outcome, 'failed');
});

test('a system error fails the slot with one sentence, wherever it occurs', async (t) => {
  const full = (): never => {
    writeFileSync('/dev/full', 'x');
    throw new Error('not reached');
  };
  const inScenario = await ran(t, {
    scenario: { run: (stage) => stage.phase('create', async () => full()) },
  });
  const inClose = await ran(t, { close: full });
  const inCheck = await ran(t, { leaks: { before: () => [], after: full } });
  assert.deepEqual(
    [inScenario, inClose, inCheck].map(({ sample }) =>
      sample.outcome === 'failed' ? [sample.phase, sample.code, sample.message] : [],
    ),
    [
      ['create', 'ENOSPC', 'cannot write: no space left'],
      ['prepare', 'ENOSPC', 'cannot write: no space left'],
      ['leak', 'ENOSPC', 'cannot write: no space left'],
    ],
  );
  assert.deepEqual(inClose.log.slice(-2), ['one close', 'two close'], 'the rest is closed');
  const first = await ran(t, {
    close: full,
    scenario: { run: () => Promise.reject(new UserError('first', { code: 'EIO' })) },
  });
  assert.equal(first.sample.outcome === 'failed' && first.sample.code, 'EIO');
});

test('a bug is no failure of a slot: it ends the run', async (t) => {
  const bug = new TypeError('undefined is not a function');
  const scenario = {
    run() {
      throw bug;
    },
  };
  await assert.rejects(ran(t, { scenario }), bug);
});

test('leftovers fail a slot that succeeded, and at most twenty are named', async (t) => {
  const left = Array.from({ length: 22 }, (_, i) => `file: /f${i}`);
  const { sample } = await ran(t, { leaks: { before: () => [], after: () => left } });
  assert.equal(sample.outcome, 'failed');
  if (sample.outcome !== 'failed') return;
  assert.deepEqual([sample.phase, sample.code], ['leak', 'left-behind']);
  assert.match(sample.message, /^left behind: file: \/f0, .*file: \/f19, and 2 more$/);
});

test('what a failed slot left is named with its failure, and the check knows it before the next slot', async (t) => {
  const checked: number[] = [];
  const leaks = {
    before: () => [],
    after: (folders: readonly unknown[]) => {
      checked.push(folders.length);
      return ['process: 7 sleep'];
    },
  };
  const failing = (error: UserError) => ({ scenario: { run: () => Promise.reject(error) }, leaks });
  const failed = await ran(t, failing(new UserError('first', { code: 'EIO' })));
  assert.deepEqual(failed.sample.outcome === 'failed' && [failed.sample.code, failed.sample.message], [
    'EIO',
    'first; left behind: process: 7 sleep',
  ]);
  assert.deepEqual(failed.slotFolders, []);
  const skipped = await ran(t, failing(new UserError('not here', { code: 'skip' })));
  assert.equal(skipped.sample.outcome === 'skipped' && skipped.sample.reason, 'not here');
  assert.deepEqual(checked, [0, 0], 'files in the folders of the slot are no leak');
});

test('the folder of a slot is removed even if the leaks cannot be listed', async (t) => {
  const after = (): never => {
    throw new UserError('cannot list', { code: 'EIO' });
  };
  const scenario = { run: () => Promise.reject(new UserError('first', { code: 'EIO' })) };
  for (const told of [{}, { scenario }]) {
    const { slotFolders } = await ran(t, { ...told, leaks: { before: () => [], after } });
    assert.deepEqual(slotFolders, []);
  }
});

test('one image under two names is refused before anything is prepared', async (t) => {
  const { sample, log } = await ran(t, { others: [smallImage()] });
  assert.equal(sample.outcome === 'failed' && sample.code, 'same-image');
  assert.deepEqual(log, []);
});

const LIMIT_MS = 30_000;

/** Starts a server and waits for its end. */
const serveUntilItEnds = (
  { machine }: Stage,
  script: string,
  end: (pid: number) => void = () => {},
): void => {
  const server = machine.serve('cfs-fuse', ['sh', '-c', `echo >&{ready}; ${script}`]);
  end(server.pid);
  assert.ok(server.exited(LIMIT_MS));
};

test('a slot fails if a server was killed or ended with an error, whether or not its scenario noticed', async (t) => {
  const failed = await ran(t, {
    scenario: {
      async run(stage) {
        serveUntilItEnds(stage, 'echo no memory >&2; exit 3');
        return own();
      },
    },
  });
  assert.deepEqual(failed.sample.outcome === 'failed' && [failed.sample.code, failed.sample.message], [
    'server-ended',
    'the server cfs-fuse ended with exit code 3: no memory',
  ]);
  const killed = await ran(t, {
    scenario: {
      async run(stage) {
        serveUntilItEnds(stage, 'exec sleep 30', (pid) => process.kill(pid, 'SIGKILL'));
        throw new UserError('cat: failed', { code: 'command-failed' });
      },
    },
  });
  assert.deepEqual(killed.sample.outcome === 'failed' && [killed.sample.code, killed.sample.message], [
    'command-failed',
    'cat: failed; the server cfs-fuse was killed by SIGKILL',
  ]);
  let late: ReturnType<Machine['serve']> | null = null;
  const seenLate = await ran(t, {
    scenario: {
      async run({ machine }) {
        late = machine.serve('cfs-fuse', ['sh', '-c', 'echo >&{ready}; exec sleep 30']);
        throw new UserError('cat: failed', { code: 'command-failed' });
      },
    },
    close() {
      process.kill(late!.pid, 'SIGKILL');
      assert.ok(late!.exited(LIMIT_MS));
    },
  });
  assert.equal(
    seenLate.sample.outcome === 'failed' && seenLate.sample.message,
    'cat: failed; the server cfs-fuse was killed by SIGKILL',
  );
  const { sample } = await ran(t, {
    scenario: {
      async run(stage) {
        serveUntilItEnds(stage, 'echo fine >&2');
        return own();
      },
    },
  });
  assert.equal(sample.outcome, 'ok');
});
