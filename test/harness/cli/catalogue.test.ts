import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { catalogueOf } from '../../../harness/cli/catalogue.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { metricInfo } from '../../../results/compare/metric-info.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const catalogue = catalogueOf(backends, scenarios, probes);
const titleIn = (scenario: string, metric: string): string => metricInfo(catalogue, scenario, metric).title;

test('titleIn returns the title that the scenario gives the metric', () => {
  for (const { id, metrics } of scenarios)
    for (const [metric, { title }] of Object.entries(metrics)) assert.equal(titleIn(id, metric), title);
  assert.notEqual(titleIn('churn', 'imagesPerSecond'), titleIn('parallel-create', 'imagesPerSecond'));
});

test('a metric of a probe has one title everywhere, and an unknown metric is titled by its name', () => {
  assert.equal(titleIn('churn', 'mountWallNs'), titleIn('walk-warm', 'mountWallNs'));
  assert.notEqual(titleIn('churn', 'mountWallNs'), 'mountWallNs');
  assert.equal(titleIn('churn', 'unknownNs'), 'unknownNs');
});

test('parts of a sum, counts of a neighbour and its time alone are never judged', () => {
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
