import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAtATime } from '../../../harness/runner/prove.ts';

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
