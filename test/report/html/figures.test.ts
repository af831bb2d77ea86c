// Labels of the rows of a chart, and its numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from '../../../report/html/axes.ts';
import { type CallFigure, figuresOf } from '../../../report/html/figures.ts';
import { htmlOf } from '../../../report/render.ts';
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

const without = (given: readonly Sample[], metric: string, arm: string): readonly Sample[] =>
  given.map((sample) =>
    sample.outcome === 'ok' && sample.arm === arm && sample.values[metric] !== undefined
      ? { ...sample, values: { ...sample.values, [metric]: sample.block < 6 ? 0 : sample.values[metric]! } }
      : sample,
  );

test('a zero has its place on a logarithmic axis, and so has a range from zero', () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const view = viewOf(run, without(samples, 'settleWallNs', 'composefs-fuse'));
  const arm = view.arms.findIndex(({ id }) => id === 'composefs-fuse');
  const { points } = figuresOf(view);
  const { chart, kind } = points.find(({ title }) => title.endsWith('every phase'))!;
  assert.equal(kind, 'dots');
  const zero = chart.series.find((one) => one.arm === arm)!.points.find(({ value }) => value === 0)!;
  assert.equal(chart.rows[zero.row], 'settle');
  assert.deepEqual([zero.lo, zero.hi! > 0], [0, true]);
  assert.ok(chart.span.min > 0 && Number.isFinite(chart.span.max));
});

test('the end of a bar of calls has the numbers of the table, and a range where passes differ', () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const walk = samples.filter(({ scenario }) => scenario === 'walk-warm');
  const ledgers = [
    { stat: 3, read: 7 },
    { stat: 5, read: 5 },
    { stat: 6, read: 8 },
  ];
  const counted = walk.map((sample) =>
    sample.outcome === 'ok' && sample.pass === 'count' && sample.arm === 'composefs-fuse'
      ? { ...sample, ledger: { use: { ls: ledgers[sample.block]! } } }
      : sample,
  );
  const [{ chart, calls }] = figuresOf(viewOf(run, counted)).calls as [CallFigure];
  const at = chart.arms.findIndex((arm) => viewOf(run, counted).arms[arm]!.id === 'composefs-fuse');
  assert.equal(
    chart.segments.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0),
    8,
    'the least of each call',
  );
  assert.deepEqual(
    [...calls.totals[chart.arms[at]!]!.values()].map(({ least, most }) => [least, most]),
    [[10, 14]],
  );
  assert.equal(chart.sums[at], '10..14');
  assert.equal(chart.sums.length, chart.arms.length);
  assert.match(chart.sums[1 - Math.min(at, 1)]!, /^[\d,]+$/);
});

test('the last of joined blocks ends with the blocks, and a thinned curve says what its steps are', () => {
  const page = (blocks: number): string => {
    const { run, samples } = exampleRun({ images: ['debian-12-base'], blocks, countPasses: 1 });
    return htmlOf(
      viewOf(
        run,
        samples.filter(({ scenario }) => scenario === 'walk-warm'),
      ),
    );
  };
  const many = page(65);
  assert.match(many, /<th scope="row">61\.\.63<\/th>/);
  assert.match(many, /<th scope="row">64\.\.65<\/th>/);
  assert.doesNotMatch(many, /<th scope="row">64\.\.66<\/th>/);
  assert.match(page(49), /<th scope="row">49<\/th>/);
  assert.match(many, /Each step is one block, of a curve of more than 64 blocks one 64th of them: /);
  assert.match(page(64), /Each step is one block: the height/);
});

test('an undecided cell says which ratio it would show', () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const page = htmlOf(viewOf(run, samples));
  const cells = [
    ...page.matchAll(/<td data-arm="(?:composefs-fuse|unpacked-overlay)" class="arm">.*?<\/td>/gs),
  ].map(([cell]) => cell);
  const undecided = cells.filter((cell) => cell.includes('class="verdict undecided"'));
  assert.ok(undecided.length > 3);
  for (const cell of undecided) assert.match(cell, /<span class="versus">would show \d+\.\d\d<\/span>/);
  for (const cell of cells.filter((one) => !undecided.includes(one))) assert.doesNotMatch(cell, /would show/);
});

test('counts are drawn exactly, other values with four digits', () => {
  assert.deepEqual(
    [drawn('count', 123_456), drawn('ns', 123_456), drawn('count', 1234.56)],
    [123_456, 123_500, 1235],
  );
});
