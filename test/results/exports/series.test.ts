// Which pass the series of a metric is of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MetricSeries, seriesOf } from '../../../results/exports/series.ts';
import type { Sample } from '../../../results/schema/run.ts';
import type { Values } from '../../../results/schema/shared.ts';
import { changed, example, type Given, loaded } from '../gate/support.ts';

const METRICS = {
  readAllBytes: { title: 'bytes of all files', better: 'higher', noise: 'exact' },
  pageCacheBytes: { title: 'growth of the page cache', better: 'lower', noise: 'noisy' },
} as const;

const base = example({ images: ['one'], blocks: 8, countPasses: 3 });
const given: Given = {
  ...base,
  run: {
    ...base.run,
    catalogue: { ...base.run.catalogue, metrics: { ...base.run.catalogue.metrics, ...METRICS } },
  },
};

/** Walks with warm caches only timed or only counted, with further values. */
const walks = (pass: Sample['pass'], values: Values): readonly MetricSeries[] =>
  seriesOf(
    loaded(
      changed(given, (sample) => {
        if (sample.scenario !== 'walk-warm' || sample.outcome !== 'ok') return sample;
        return sample.pass === pass ? { ...sample, values: { ...sample.values, ...values } } : null;
      }),
    ),
  ).filter(({ group }) => group.scenario === 'walk-warm');

test('an exact metric that only timed passes have is a series, without the null arm', () => {
  const found = walks('time', { readAllBytes: 4096 }).filter(({ metric }) => metric === 'readAllBytes');
  assert.deepEqual(found.map(({ arm }) => arm).sort(), [
    'composefs-fuse',
    'erofs-overlay',
    'unpacked-overlay',
  ]);
  assert.ok(found.every(({ pass, values }) => pass === 'time' && values.length === 8 && values[0] === 4096));
});

test('a noisy metric that only counting passes have is a series; a time of a counting pass is none', () => {
  const found = walks('count', { pageCacheBytes: 5, walkWallNs: 7 });
  assert.equal(found.filter(({ metric }) => metric === 'pageCacheBytes').length, 3);
  assert.equal(found.filter(({ metric }) => metric === 'walkWallNs').length, 0);
});

test('a metric of both passes is one series of its own pass', () => {
  const both = changed(given, (sample) =>
    sample.outcome === 'ok'
      ? {
          ...sample,
          values: { ...sample.values, readAllBytes: 4096, pageCacheBytes: sample.pass === 'time' ? 5 : 6 },
        }
      : sample,
  );
  const found = seriesOf(loaded(both)).filter(
    ({ group, arm }) => group.scenario === 'walk-warm' && arm === 'erofs-overlay',
  );
  const of = (name: string) =>
    found.filter(({ metric }) => metric === name).map(({ pass, values }) => [pass, values[0]]);
  assert.deepEqual(of('readAllBytes'), [['count', 4096]]);
  assert.deepEqual(of('pageCacheBytes'), [['time', 5]]);
});
