import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { quantileBound, quantileNeeds } from '../../../results/stats/quantile.ts';

test('an upper bound of p99 needs 299 values, of p90 29', () => {
  assert.equal(quantileNeeds(0.99, 0.95), 299);
  assert.equal(quantileNeeds(0.9, 0.95), 29);
  assert.deepEqual(
    quantileBound(
      Array.from({ length: 298 }, (_, i) => i),
      0.99,
      0.95,
    ),
    { kind: 'tooFew', n: 298, needed: 299 },
  );
  const bound = quantileBound(
    Array.from({ length: 299 }, (_, i) => i),
    0.99,
    0.95,
  );
  assert.equal(bound.kind === 'bound' && bound.value, 298);
});

test('in simulations the bound lies above the true quantile with its stated confidence', () => {
  const generator = xoroshiro128plus(99);
  const runs = 4000;
  let above = 0;
  let claimed = 0;
  for (let i = 0; i < runs; i++) {
    const bound = quantileBound(
      Array.from({ length: 60 }, () => uniformFloat64(generator)),
      0.9,
      0.95,
    );
    if (bound.kind === 'tooFew') continue;
    claimed = bound.confidence;
    if (bound.value >= 0.9) above++;
  }
  assert.ok(claimed >= 0.95);
  assert.ok(Math.abs(above / runs - claimed) < 0.012, `${above / runs} of ${claimed}`);
});
