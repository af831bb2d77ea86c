// A slot from its folders to its line in the journal, with a backend that does nothing and a scenario that does what it is told.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Backend, Store } from '../../../harness/model/backend.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Probe, Scenario, Stage } from '../../../harness/model/scenario.ts';
import type { SlotParts } from '../../../harness/runner/open-slot.ts';
import { runSlot } from '../../../harness/runner/slot.ts';
import { openWorkspace } from '../../../harness/runner/workspace.ts';
import { createStore } from '../../../harness/store/store.ts';
import { files } from '../../../harness/sys/files.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { fakeClock } from '../support/clock.ts';
import { allFeatures, recordingMachine } from '../support/recording-machine.ts';
import { slotOf, tellingPrepared, tellingProbe } from '../support/slot.ts';
import { smallImage } from '../support/stage.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';

interface TimedResult {
  readonly sample: Sample;
  readonly stages: readonly Stage[];
  readonly log: readonly string[];
  readonly fullStore: Store;
  readonly slotFolders: readonly string[];
}

type Told = Partial<Pick<SlotParts, 'slot' | 'lives' | 'others' | 'leaks' | 'session'>> & {
  readonly scenario?: Partial<Scenario>;
  readonly idle?: Backend['idle'];
  /** Of the prepared image. */
  readonly close?: () => void;
};

const own = async (): Promise<Record<string, number>> => ({ useWallNs: 5 });

const ran = async (
  t: TestContext,
  { scenario = {}, idle = [], close = () => {}, ...told }: Told = {},
): Promise<TimedResult> => {
  const log: string[] = [];
  const stages: Stage[] = [];
  const workspace = openWorkspace(makeWork(join(temporaryFolder(t), 'work')));
  const fullStore = createStore({ state: 'full', dir: workspace.store, files: { ...files, batch: null } });
  const backend = {
    id: 'erofs-overlay',
    idle,
    async prepare() {
      log.push('prepare');
      return {
        ...tellingPrepared({ ...recordingMachine({ advance() {} }), log }),
        async close() {
          log.push('release');
          close();
        },
      };
    },
  } as unknown as Backend;
  const probe = (id: string, values: Record<string, number>): Probe =>
    ({
      id,
      async arm() {
        const armed = tellingProbe(id, log);
        return {
          ...armed,
          childStarted: (actor: string) => void log.push(`${id} child ${actor}`),
          async collect() {
            await armed.collect();
            return { values, notes: [`${id} was here`], ...(id === 'two' ? { ledger: { use: {} } } : {}) };
          },
        };
      },
    }) as unknown as Probe;
  const sample = await runSlot({
    slot: slotOf(),
    session: 0,
    limitNs: 60e9,
    lives: 3,
    scenario: {
      id: 'told',
      cycles: (_params, lives) => lives,
      derive: (values, params) => ({ ...values, derivedCount: Object.keys(params).length }),
      ...scenario,
      async run(stage: Stage) {
        stages.push(stage);
        log.push('run');
        return (scenario.run ?? own)(stage);
      },
    } as Scenario,
    arm: { id: 'erofs-overlay', backend, options: {} },
    image: smallImage(),
    others: [],
    features: allFeatures,
    probes: [probe('one', { fromOneCount: 1, useWallNs: 7 }), probe('two', { fromTwoCount: 2 })],
    workspace,
    fullStore,
    images: [smallImage(), smallImage('other')],
    crowdEntry: new URL('file:///nowhere'),
    leaks: { before: () => [], after: () => [] },
    inspector: { inspect: async () => null } as unknown as SlotParts['inspector'],
    warmTools: async () => {},
    ...told,
  });
  return { sample, stages, log, fullStore, slotFolders: readdirSync(workspace.slots) };
};

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

test('how long a slot took is in nanoseconds, and a later session is told', async (t) => {
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

test('a counting slot lives once and has its server counted, a timed one as often as the scenario wants', async (t) => {
  const timed = await ran(t);
  assert.deepEqual([timed.stages[0]!.cycles, timed.stages[0]!.machine.requestCounters], [3, null]);
  const counted = await ran(t, { slot: slotOf({ pass: 'count' }) });
  assert.equal(counted.stages[0]!.cycles, 1);
  assert.notEqual(counted.stages[0]!.machine.requestCounters, null);
});

test('local=nothing: a store of its own for each life, empty, and nothing is kept', async (t) => {
  const { stages, fullStore } = await ran(t, { slot: slotOf({ params: { local: 'nothing' } }) });
  const [{ storeOf, kept, store }] = stages as readonly [Stage];
  const dirs = [0, 1, 2].map((cycle) => storeOf(cycle).objectDirs[0]);
  assert.equal(new Set(dirs).size, 3);
  assert.ok(!dirs.includes(fullStore.objectDirs[0]));
  assert.deepEqual([store.state, store.objectDirs[0], kept.length], ['empty', dirs[0], 0]);
});

test('local=nothing: a backend that brings nothing in has layers and no object folders', async (t) => {
  const slot = slotOf({ params: { local: 'nothing' } });
  const { stages } = await ran(t, { slot, idle: ['ingest', 'collect'] });
  assert.deepEqual(stages[0]!.store.objectDirs, []);
});

test('local=files: every object of the run is here, no layer is unpacked, and all images are kept', async (t) => {
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

test('local=image, and a scenario without the parameter: the run’s full store as it is', async (t) => {
  for (const params of [{ local: 'image' }, {}]) {
    const { stages, fullStore } = await ran(t, { slot: slotOf({ params }) });
    assert.equal(stages[0]!.store, fullStore);
    assert.equal(stages[0]!.kept.length, 2);
  }
});

test('a command in a phase is told to every probe', async (t) => {
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

test('what a scenario cannot do here is skipped with its reason, and everything is let go of', async (t) => {
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

test('a failure is told with its phase, code and facts, and its folder goes', async (t) => {
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

test('system errors fail the slot, wherever they occur, and are one sentence', async (t) => {
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

test('what was left behind fails a slot that went well, by name and no more than twenty of them', async (t) => {
  const left = Array.from({ length: 22 }, (_, i) => `file: /f${i}`);
  const { sample } = await ran(t, { leaks: { before: () => [], after: () => left } });
  assert.equal(sample.outcome, 'failed');
  if (sample.outcome !== 'failed') return;
  assert.deepEqual([sample.phase, sample.code], ['leak', 'left-behind']);
  assert.match(sample.message, /^left behind: file: \/f0, .*file: \/f19, and 2 more$/);
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
