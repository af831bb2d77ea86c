import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createNumberSet } from '../../../harness/model/number-set.ts';

test('a set of numbers has the numbers that were added, and no others', () => {
  const number = fc.oneof(fc.nat({ max: 20_000 }), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(number), fc.array(number), (added, asked) => {
      const [own, plain] = [createNumberSet(), new Set(added)];
      for (const one of added) own.add(one);
      for (const one of [...added, ...asked, ...added.map((x) => x + 1), ...added.map((x) => x + 8192)])
        assert.equal(own.has(one), plain.has(one), `${one}`);
    }),
  );
});

test('numbers that follow each other take an eighth of a byte', () => {
  const before = process.memoryUsage().arrayBuffers;
  const own = createNumberSet();
  for (let number = 0; number < 8_000_000; number++) own.add(number);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_100_000);
  assert.ok(own.has(7_999_999) && !own.has(8_000_000));
});
