import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeHistogram, mergeHistograms } from '../../../results/stats/histogram.ts';
import { seededUniform } from '../../../results/stats/seeded.ts';

test('values of several samples become one histogram, to three digits', () => {
  const random = seededUniform(21);
  const values = Array.from({ length: 2000 }, () => Math.round(10 ** (3 + 6 * random())));
  const merged = mergeHistograms([encodeHistogram(values.slice(0, 700)), encodeHistogram(values.slice(700))]);
  const sorted = [...values].sort((a, b) => a - b);
  assert.equal(merged.totalCount, values.length);
  for (const percent of [50, 90, 99, 99.5]) {
    const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
    const read = merged.getValueAtPercentile(percent);
    assert.ok(Math.abs(read - exact) <= exact / 1000, `${percent}: ${read}, exactly ${exact}`);
  }
});

test('a thousand values take less than four kilobytes', () => {
  const values = Array.from({ length: 1000 }, (_, i) => 1e5 + i * 997);
  assert.ok(encodeHistogram(values).length < 4096);
});

test('a damaged histogram is an error', () => {
  const whole = encodeHistogram([1, 2, 3]);
  assert.throws(() => mergeHistograms([whole.slice(0, 20)]));
});
