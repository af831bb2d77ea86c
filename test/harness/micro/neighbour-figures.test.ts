import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neighbourFigures, type WindowTimes } from '../../../harness/micro/neighbour-figures.ts';

const MS = 1e6;
/** The removal begins at 50 ms and ends at 250 ms. */
const WINDOWS = {
  alone: [
    [0, 50 * MS],
    [300 * MS, 350 * MS],
  ],
  during: [[50 * MS, 250 * MS]],
} as const;

const of = (...operations: readonly WindowTimes[]) =>
  neighbourFigures(
    operations.map(([from, to]) => [from * MS, to * MS]),
    WINDOWS,
  );

test('an operation that the removal delays is not one alone', () => {
  assert.equal(of([49, 550]).alone.count, 0);
  assert.equal(of([240, 310]).alone.count, 0, 'nor one that ends in the window after it');
  const { alone } = of([10, 12], [49, 550], [320, 324]);
  assert.deepEqual([alone.count, alone.medianNs, alone.worstNs], [2, 3 * MS, 4 * MS]);
});

test('an operation counts once: during the removal if it begins in it', () => {
  const { alone, during } = of([40, 60], [60, 90], [240, 320]);
  assert.equal(alone.count, 0);
  assert.deepEqual([during.count, during.medianNs, during.worstNs], [2, 55 * MS, 80 * MS]);
});

test('without operations there is no median, and percentiles need many', () => {
  assert.deepEqual(of().during, { count: 0, medianNs: null, p90Ns: null, p99Ns: null, worstNs: null });
  const many = Array.from({ length: 30 }, (_, i): WindowTimes => [60 + i, 61 + i]);
  assert.deepEqual([of(...many).during.p90Ns, of(...many).during.p99Ns], [MS, null]);
});

test('a window may have more operations than a function may have arguments', () => {
  const operations = Array.from({ length: 300_000 }, (_, i): WindowTimes => [60 * MS + i, 61 * MS + 2 * i]);
  const { during } = neighbourFigures(operations, WINDOWS);
  assert.deepEqual([during.count, during.worstNs], [300_000, MS + 299_999]);
});
