import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holm } from '../../../results/stats/holm.ts';
import { signTestAbove, signTestBelow } from '../../../results/stats/sign-test.ts';

const assertNear = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 1e-9, `${found} is not ${expected}`);

test('Holm: the published steps, in the order of the input', () => {
  const found = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
    assertNear(found[i]!, p);
  });
  assert.deepEqual(holm([]), []);
});

test('the sign test counts one side of its threshold', () => {
  assertNear(signTestAbove([1, 2, 3, 4, 5, -1, 7, 8], 0), 9 / 256);
  assertNear(signTestBelow([-1, -2, -3, -4], 0), 1 / 16);
  assertNear(signTestAbove([-1, -2], 0), 1);
});
