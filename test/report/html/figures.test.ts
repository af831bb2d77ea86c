// Labels of the rows of a chart, and its numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from '../../../report/html/axes.ts';
import { figuresOf } from '../../../report/html/figures.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

/** Labels in the charts of churn that show no phases. */
const labelsOf = (change: (sample: Sample) => readonly Sample[]): readonly string[] => {
  const { run, samples } = exampleRun();
  const { points } = figuresOf(viewOf(run, samples.flatMap(change)));
  return points
    .filter(({ scenario, title }) => scenario === 'churn' && title.startsWith('churn: other '))
    .flatMap(({ rows }) => rows.map(({ label }) => label));
};

test('a label has only the parameters that differ between rows', () => {
  const plain = labelsOf((sample) => [sample]);
  assert.ok(plain.length > 0 && plain.every((label) => /^store=(empty|full)/.test(label)), plain.join());
  const more = labelsOf((sample) => [{ ...sample, params: { ...sample.params, durable: 'yes' } }]);
  assert.deepEqual(more, plain);
  const one = labelsOf((sample) => (sample.params['store'] === 'full' ? [] : [sample]));
  assert.ok(one.length > 0 && one.every((label) => label !== '' && !label.includes('=')), one.join());
});

test('counts are drawn exactly, other values with four digits', () => {
  assert.deepEqual(
    [drawn('count', 123_456), drawn('ns', 123_456), drawn('count', 1234.56)],
    [123_456, 123_500, 1235],
  );
});
