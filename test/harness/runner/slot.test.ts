// A slot from its folders to its line in the journal, with a backend that does nothing and a scenario that does what it is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Machine, Server } from '../../../harness/model/machine.ts';
import type { Stage } from '../../../harness/model/scenario.ts';
import { fakeClock } from '../support/clock.ts';
import { slotOf } from '../support/slot.ts';
import { ran } from './slot-support.ts';

test('a slot prepares, runs, collects, releases and disarms, and its values go through derive', async (t) => {
  const { sample, log } = await ran(t, { slot: slotOf({ params: { local: 'image' } }) });
  assert.deepEqual(log, [
    ...['prepare', 'run', 'one collect', 'two collect', 'release', 'one close', 'two close'],
  ]);
  assert.equal(sample.outcome, 'ok');
  if (sample.outcome !== 'ok') return;
  // What a probe knows stands above what a scenario says of the same name.
  assert.deepEqual(sample.values, {
    ...{ useWallNs: 7, fromOneCount: 1, fromTwoCount: 2, derivedCount: 1 },
    ...{ leftMountCount: 0, leftLoopCount: 0, leftProcessCount: 0, leftFileCount: 0 },
  });
  assert.deepEqual(sample.ledger, { use: {} });
  assert.deepEqual(sample.notes, ['one was here', 'two was here']);
  assert.equal('session' in sample, false);
});

test('a sample has the duration of its slot in nanoseconds, and the session of a resumed run', async (t) => {
  const clock = fakeClock(t);
  const scenario = {
    async run() {
      clock.advance(12_345);
      return {};
    },
  };
  const { sample } = await ran(t, { session: 2, scenario });
  assert.deepEqual([sample.slotNs, sample.session], [12_345, 2]);
});

test('a counting slot has one life and counts requests; a timed one has those of its scenario', async (t) => {
  const timed = await ran(t);
  assert.deepEqual([timed.stages[0]!.cycles, timed.stages[0]!.machine.requestCounters], [3, null]);
  const counted = await ran(t, { slot: slotOf({ pass: 'count' }) });
  assert.equal(counted.stages[0]!.cycles, 1);
  assert.notEqual(counted.stages[0]!.machine.requestCounters, null);
});

test('local=nothing: each life has an empty store of its own, and no image is kept', async (t) => {
  const { stages, fullStore } = await ran(t, { slot: slotOf({ params: { local: 'nothing' } }) });
  const [{ storeOf, kept, store }] = stages as readonly [Stage];
  const dirs = [0, 1, 2].map((cycle) => storeOf(cycle).objectDirs[0]);
  assert.equal(new Set(dirs).size, 3);
  assert.ok(!dirs.includes(fullStore.objectDirs[0]));
  assert.deepEqual([store.state, store.objectDirs[0], kept.length], ['empty', dirs[0], 0]);
});

test('local=nothing: a backend without ingest has layers and no object folders', async (t) => {
  const slot = slotOf({ params: { local: 'nothing' } });
  const { stages } = await ran(t, { slot, idle: ['ingest', 'collect'] });
  assert.deepEqual(stages[0]!.store.objectDirs, []);
});

test('local=files: the store has every object and no unpacked layer, and all images are kept', async (t) => {
  const { stages, fullStore } = await ran(t, { slot: slotOf({ params: { local: 'files' } }) });
  const [{ store, storeOf, kept }] = stages as readonly [Stage];
  assert.deepEqual([store.state, store.objectDirs], ['full', fullStore.objectDirs]);
  assert.notEqual(store.layerDir, fullStore.layerDir);
  assert.equal(storeOf(2), store);
  assert.deepEqual(
    kept.map(({ name }) => name),
    ['image', 'other'],
  );
});

test('local=image, or no parameter local: the store is the full store of the run', async (t) => {
  for (const params of [{ local: 'image' }, {}]) {
    const { stages, fullStore } = await ran(t, { slot: slotOf({ params }) });
    assert.equal(stages[0]!.store, fullStore);
    assert.equal(stages[0]!.kept.length, 2);
  }
});

test('every probe is notified of a command in a phase', async (t) => {
  const scenario = {
    async run(stage: Stage) {
      await stage.phase('use', () => stage.command('nothing', ['true']));
      return {};
    },
  };
  const { log } = await ran(t, { scenario });
  const begin = log.indexOf('one start use');
  assert.deepEqual(log.slice(begin, begin + 6), [
    ...[
      'one start use',
      'two start use',
      'one child nothing',
      'two child nothing',
      'two stop use',
      'one stop use',
    ],
  ]);
});

const READY = 'echo >&{ready}';

test('every probe is notified of a server that started before it was armed, unless the server has ended', async (t) => {
  const running: Server[] = [];
  const serve = (machine: Machine): void => {
    running.push(machine.serve('shared', ['sh', '-c', `${READY}; exec sleep 60`]));
    assert.ok(machine.serve('brief', ['sh', '-c', READY]).exited(5000));
  };
  const close = (): void => {
    for (const server of running) server.close(0);
  };
  const scenario = {
    async run(stage: Stage) {
      stage.machine.serve('late', ['sh', '-c', READY]);
      return {};
    },
  };
  const { log } = await ran(t, { serve, close, scenario });
  assert.deepEqual(
    log.filter((line) => line.includes('server')),
    ['one server shared', 'two server shared', 'one server late', 'two server late'],
  );
});
