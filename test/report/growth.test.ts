import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrowthView } from '../../report/view-charts.ts';
import type { Ledger, Sample } from '../../results/schema/run.ts';
import { exampleRun } from './support/example.ts';
import { viewOf } from './support/view.ts';

const SIZES = [100, 500, 2500];
const PER_FILE_NS = 40_000;
const START_NS = 3e6;

const ledger = (files: number): Ledger => ({
  create: { tar: { openat: 7 + 3 * files }, runtime: { futex: 99 } },
  destroy: { rm: { unlinkat: 2 * files } },
});

/** Made from a walk: as many files, so long; the image is one for each size, or one for all. */
const scaled = (imageOf: (files: number) => string, sizes = SIZES) => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const walks = samples.filter(({ scenario }) => scenario === 'walk-warm');
  const made = sizes.flatMap((files) =>
    walks.map((sample): Sample => {
      const { block } = sample;
      const place = {
        ...sample,
        scenario: 'churn',
        params: { store: 'empty', files },
        image: imageOf(files),
      };
      if (place.outcome !== 'ok') return place;
      if (place.pass === 'count') return { ...place, ledger: ledger(files) };
      const createWallNs = START_NS + PER_FILE_NS * files * (1 + 0.01 * (block - 3.5));
      return { ...place, values: { createWallNs } };
    }),
  );
  return { run, samples: made };
};

const grown = (all: readonly GrowthView[], metric: string): GrowthView => {
  const found = all.filter((one) => one.metric === metric);
  assert.equal(found.length, 1, metric);
  return found[0]!;
};

test('the slope of the line through all sizes is the cost per file', () => {
  const { run, samples } = scaled((files) => `synthetic-${files}`);
  const view = viewOf(run, samples);
  const times = grown(view.growth, 'createWallNs');
  assert.equal(times.by, 'files');
  assert.equal(times.params, 'store=empty');
  assert.equal(times.image, null);
  assert.equal(times.series.length, view.arms.length);
  const { points, fit } = times.series[0]!;
  assert.deepEqual(
    points.map(({ x }) => x),
    SIZES,
  );
  assert.ok(Math.abs(fit!.slope / PER_FILE_NS - 1) < 0.01, String(fit!.slope));
  assert.ok(fit!.lo! < PER_FILE_NS && PER_FILE_NS < fit!.hi!);
  assert.ok(Math.abs(fit!.start / START_NS - 1) < 0.05, String(fit!.start));
});

test('calls are summed for arrival and removal, without the runtime', () => {
  const { run, samples } = scaled((files) => `synthetic-${files}`);
  const { growth } = viewOf(run, samples);
  const brought = grown(growth, 'bringInCallCount').series[0]!;
  assert.deepEqual(
    brought.points.map(({ y }) => y),
    SIZES.map((files) => 7 + 3 * files),
  );
  assert.ok(Math.abs(brought.fit!.slope - 3) < 1e-9 && Math.abs(brought.fit!.start - 7) < 1e-6);
  assert.deepEqual(brought.fit!.lo, null);
  assert.deepEqual(
    grown(growth, 'takeAwayCallCount').series[0]!.points.map(({ y }) => y),
    SIZES.map((files) => 2 * files),
  );
});

test('sizes of one image are a series of that image', () => {
  const { run, samples } = scaled(() => 'debian-12-base');
  assert.equal(grown(viewOf(run, samples).growth, 'createWallNs').image, 'debian-12-base');
});

test('there is no growth with one size, nor with two images of one size', () => {
  const one = scaled(() => 'debian-12-base', [100]);
  assert.deepEqual(viewOf(one.run, one.samples).growth, []);
  const twice = scaled((files) => `synthetic-${files}`, [100]);
  const again = scaled((files) => `other-${files}`, [100]);
  assert.deepEqual(viewOf(one.run, [...twice.samples, ...again.samples]).growth, []);
});
