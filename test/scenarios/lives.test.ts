import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Life, LivesResult } from '../../harness/model/lives.ts';
import type { Stage } from '../../harness/model/scenario.ts';
import { goneNs, liveAll, orderOf, readyNs } from '../../scenarios/lives.ts';
import { nearestRank, percentilesOf } from '../../scenarios/percentiles.ts';

const life: Life = {
  image: 0,
  worker: 0,
  dueNs: 100,
  begunNs: 150,
  endsNs: { create: 200, mount: 300, use: 400, unmount: 500, settle: 600, destroy: 1000 },
};

test('ready time counts from the due time to the end of the start, gone time from there', () => {
  assert.equal(readyNs(life), 300);
  assert.equal(goneNs(life), 600);
});

test('percentiles are values of the sample, and those of too few values are left out', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual(percentilesOf('ready', values), {
    readyP50Ns: 50,
    readyP90Ns: 90,
    readyP99Ns: 99,
    readyMostNs: 100,
  });
  assert.deepEqual(percentilesOf('gone', [7]), { goneMostNs: 7 });
  assert.equal(nearestRank([1, 2, 3], 0.5), 2);
  assert.equal(
    percentilesOf(
      'ready',
      Array.from({ length: 1000 }, (_, i) => i),
    )['readyP999Ns'],
    998,
  );
});

test('every image is taken once before one is taken again, in an order that depends on the seed alone', () => {
  const order = orderOf(5, 12, 'a');
  assert.equal(order.length, 12);
  for (const round of [order.slice(0, 5), order.slice(5, 10)])
    assert.deepEqual([...round].sort(), [0, 1, 2, 3, 4]);
  assert.notDeepEqual(order.slice(0, 5), order.slice(5, 10));
  assert.deepEqual(order, orderOf(5, 12, 'a'));
  assert.notDeepEqual(order, orderOf(5, 12, 'b'));
});

test('a slot with failed lives fails, and its error counts each kind of failure', async () => {
  const failure = {
    image: 1,
    worker: 0,
    phase: 'mount',
    code: 'EINVAL',
    message: 'fsconfig: EINVAL',
  } as const;
  const other = { ...failure, phase: 'destroy', code: 'EBUSY', message: 'unlink: EBUSY' } as const;
  const result = { lives: [life], failed: [failure, other, failure] } as unknown as LivesResult;
  const stage = { lives: async () => result } as unknown as Stage;
  await assert.rejects(liveAll(stage, {} as never), {
    message: '3 of 4 lives failed: 2 × mount: fsconfig: EINVAL; 1 × destroy: unlink: EBUSY',
    code: 'EINVAL',
  });
});
