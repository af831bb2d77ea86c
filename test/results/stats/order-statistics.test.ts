// Order statistics, compared with sorting.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderStatistics } from '../../../results/stats/order-statistics.ts';
import { seededUniform } from '../../../results/stats/seeded.ts';

test('each rank equals the sorted value, and the input is unchanged', () => {
  const random = seededUniform(3);
  for (const n of [1, 2, 3, 10, 599, 2000])
    for (const distinct of [2, 10, 1e9]) {
      const values = Array.from({ length: n }, () => Math.floor(random() * distinct) - distinct / 2);
      const before = [...values];
      const sorted = Float64Array.from(values).sort();
      const ranks = Array.from({ length: 5 }, () => Math.floor(random() * n)).sort((a, b) => a - b);
      assert.deepEqual(
        orderStatistics(values, ranks),
        ranks.map((rank) => sorted[rank]),
      );
      assert.deepEqual(values, before);
    }
});
