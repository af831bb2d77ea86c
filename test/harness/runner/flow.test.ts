import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openFlow } from '../../../harness/runner/flow.ts';

test('a flow delivers values in order, pushed before the consumer came or while it waits', async () => {
  const flow = openFlow<number>();
  flow.push(1);
  flow.push(2);
  const taken: number[] = [];
  const taking = (async () => {
    for await (const thing of flow) taken.push(thing);
  })();
  await setImmediate();
  assert.deepEqual(taken, [1, 2]);
  flow.push(3);
  await setImmediate();
  flow.push(4);
  flow.end();
  await taking;
  assert.deepEqual(taken, [1, 2, 3, 4]);
});

test('the end of an empty flow ends a consumer that waits', async () => {
  const flow = openFlow<number>();
  const first = flow[Symbol.asyncIterator]().next();
  await setImmediate();
  flow.end();
  assert.equal((await first).done, true);
});
