import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { catalogueOf } from '../../../harness/cli/catalogue.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { metricInfo } from '../../../results/compare/metric-info.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const catalogue = catalogueOf(backends, scenarios, probes);
const titleIn = (scenario: string, metric: string): string => metricInfo(catalogue, scenario, metric).title;

test('the same name means in each scenario what that scenario says, whatever the others call it', () => {
  for (const { id, metrics } of scenarios)
    for (const [metric, { title }] of Object.entries(metrics)) assert.equal(titleIn(id, metric), title);
  assert.notEqual(titleIn('churn', 'imagesPerSecond'), titleIn('parallel-create', 'imagesPerSecond'));
});

test('what probes measure has one title everywhere, and what nobody knows has its name', () => {
  assert.equal(titleIn('churn', 'mountWallNs'), titleIn('walk-warm', 'mountWallNs'));
  assert.notEqual(titleIn('churn', 'mountWallNs'), 'mountWallNs');
  assert.equal(titleIn('churn', 'unheardOfNs'), 'unheardOfNs');
});

test('half of a sum and what a neighbour did are shown and never judged', () => {
  const judged = (scenario: string, metric: string) =>
    metricInfo(catalogue, scenario, metric).judged !== false;
  assert.deepEqual(
    ['createCpuNs', 'createUserNs', 'createSystemNs'].map((metric) => judged('churn', metric)),
    [true, false, false],
  );
  assert.deepEqual(
    ['neighbourDuringMedianNs', 'neighbourAloneMedianNs', 'neighbourDuringCount'].map((metric) =>
      judged('cleanup', metric),
    ),
    [true, false, false],
  );
});
