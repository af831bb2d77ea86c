// What is inside the window of an ingest with fs-verity, which contents get it, and what becomes a value of which pass.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { backends } from '../../harness/backends/registry.ts';
import type { Prepared, Store } from '../../harness/model/backend.ts';
import type { Pass } from '../../harness/model/scenario.ts';
import { scenario } from '../../scenarios/enable-verity.ts';
import { slotOf, tellingProbe } from '../harness/support/slot.ts';
import { openTestStage } from '../harness/support/stage.ts';

const ENABLING = [
  { ns: 900, callCount: 6, objectCount: 2 },
  { ns: 300, callCount: 6, objectCount: 2 },
  { ns: 400, callCount: 6, objectCount: 2 },
];

/** Each life enables in another time. */
const live = async (t: TestContext, backend: string, { pass, cycles }: { pass: Pass; cycles: number }) => {
  const log: string[] = [];
  const prepared = {
    async ingest(_store, how) {
      log.push(`ingest ${how}`);
    },
    async collect(_store, keep) {
      log.push(`collect, keeping ${keep.length}`);
      return null;
    },
  } as Prepared;
  const isVerified = backend.endsWith('-verity');
  const storeOf = (number: number): Store =>
    ({
      ingested: () => ({ verity: isVerified, enabling: isVerified ? ENABLING[number]! : null }),
    }) as Store;
  const setting = openTestStage(t, slotOf({ backend, arm: backend, pass, params: { local: 'nothing' } }), {
    cycles,
    prepared,
    storeOf,
    probes: [tellingProbe('probe', log)],
  });
  setting.script.costNs['syncfs'] = 1000;
  const values = await scenario.run(setting.stage);
  return { values, log };
};

test('the window enables fs-verity for each object; the sync and the removal are outside', async (t) => {
  const { values, log } = await live(t, 'erofs-overlay-verity', { pass: 'time', cycles: 3 });
  const one = ['probe start ingest', 'ingest digested', 'probe stop ingest', 'collect, keeping 0'];
  assert.deepEqual(log, [...one, ...one, ...one]);
  assert.deepEqual(values, { objectCount: 2, ingestSyncWallNs: 1000, enableWallNs: 400 });
});

test('without fs-verity contents are still digested, and enableWallNs is absent', async (t) => {
  for (const backend of ['erofs-overlay', 'composefs-fuse']) {
    const { values, log } = await live(t, backend, { pass: 'time', cycles: 1 });
    assert.equal(log[1], 'ingest compared');
    assert.deepEqual(values, { objectCount: 2, ingestSyncWallNs: 1000 });
  }
});

test('a counting pass has calls, objects and bytes, and no times', async (t) => {
  const counted = await live(t, 'composefs-fuse-verity', { pass: 'count', cycles: 1 });
  assert.deepEqual(counted.values, {
    objectCount: 2,
    storedBytes: 0,
    verityObjectCount: 2,
    enableCallCount: 6,
  });
  const plain = await live(t, 'erofs-overlay', { pass: 'count', cycles: 1 });
  assert.deepEqual(plain.values, { objectCount: 2, storedBytes: 0 });
});

test('backends without objects, or with the ingest of another one, are not measured', () => {
  const asked = backends.filter(({ id }) => scenario.asks!({ local: 'nothing' }, id)).map(({ id }) => id);
  assert.deepEqual(asked.sort(), [...scenario.only!].sort());
  assert.equal(asked.length, 4);
});
