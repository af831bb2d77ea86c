import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_WITHOUT_P99 } from '../../report/ladder.ts';
import { htmlOf } from '../../report/render.ts';
import type { OkSample, Sample } from '../../results/schema/run.ts';
import { encodeHistogram } from '../../results/stats/histogram.ts';
import { livesAt, RATES } from '../../scenarios/ladder.ts';
import { FEWEST_FOR_P99 } from '../../scenarios/percentiles.ts';
import { exampleRun } from './support/example.ts';
import { viewOf } from './support/view.ts';

const MS = 1e6;
const PER_BLOCK = 80;
const PARAMS = { local: 'files', workers: 16 };

/** Made from walks: lives of 1 ms to 80 ms in every block, and what each arm sustains. */
const withLives = (of: (sample: OkSample) => Partial<OkSample>, images = ['debian-12-base']) => {
  const { run, samples } = exampleRun({ images });
  const lives = samples.flatMap((sample): readonly Sample[] =>
    sample.scenario === 'walk-warm' && sample.pass === 'time' && sample.outcome === 'ok'
      ? [{ ...sample, scenario: 'serverless-open', params: PARAMS, ...of(sample) }]
      : [],
  );
  return { run, samples: lives };
};

const latencies = Array.from({ length: PER_BLOCK }, (_, i) => (i + 1) * MS);

const climbing = withLives(({ arm, block }) => ({
  values: {
    at32P99Ns: 79 * MS,
    ...(arm === 'unpacked-overlay'
      ? { below50MsCount: 1, at16P99Ns: 200 * MS }
      : { below50MsCount: 0, sustained50MsPerSecond: block % 2 === 0 ? 512 : 1024, at128P99Ns: 90 * MS }),
  },
  histograms: { at32: encodeHistogram(latencies) },
}));

test('percentiles are those of all blocks together, at the lowest rate at which every arm was tried', () => {
  const { lives, arms } = viewOf(climbing.run, climbing.samples);
  assert.equal(lives.length, 1);
  const { rate, names, percentiles, rates } = lives[0]!;
  assert.equal(rate, 32);
  assert.equal(percentiles.length, arms.length);
  const { lifeCount, ns } = percentiles[0]!;
  assert.equal(lifeCount, 8 * PER_BLOCK);
  const at = (name: string): number | null => ns[names.indexOf(name)]!;
  assert.ok(Math.abs(at('p50')! - 40 * MS) < 0.05 * MS, String(at('p50')));
  assert.ok(Math.abs(at('p99')! - 80 * MS) < 0.1 * MS, String(at('p99')));
  assert.equal(at('p99.9'), null, '640 lives are too few');
  const unpacked = arms.findIndex(({ id }) => id === 'unpacked-overlay');
  assert.deepEqual(
    rates.find(({ arm }) => arm === unpacked)!.points.map(({ x }) => x),
    [16, 32],
  );
});

test('a point of too few blocks is the median of its blocks', () => {
  const values = [10, 20, 60, 100].map((ms) => ms * MS);
  const few = climbing.samples.flatMap((sample) =>
    sample.block < values.length && sample.outcome === 'ok'
      ? [{ ...sample, values: { ...sample.values, at32P99Ns: values[sample.block]! } }]
      : [],
  );
  const [first] = viewOf(climbing.run, few).lives[0]!.rates;
  assert.equal(first!.points.find(({ x }) => x === 32)!.y, 40 * MS);
});

test('the report says if there are more workers than CPUs', () => {
  const few = { ...climbing.run, environment: { ...climbing.run.environment, cpuCount: 2 } };
  assert.deepEqual(viewOf(few, climbing.samples).lives[0]!.waits, { workers: 16, cpus: 2 });
  assert.match(htmlOf(viewOf(few, climbing.samples)), /16 workers share 2 CPUs/);
  const many = { ...climbing.run, environment: { ...climbing.run.environment, cpuCount: 64 } };
  assert.equal(viewOf(many, climbing.samples).lives[0]!.waits, null);
});

test('the finding says what each arm sustains, with its interval', () => {
  const { finding } = viewOf(climbing.run, climbing.samples);
  const said = finding.find((sentence) => sentence.includes('come and go'))!;
  assert.match(said, /768 \(512\.\.1,024\) with erofs-overlay/);
  assert.match(said, /fewer than 8 with unpacked-overlay/);
  assert.doesNotMatch(said, /null/);
});

/** What the finding says of one arm, by the rates of its eight blocks; 0: below the ladder. */
const saidOf = (rates: readonly number[]): string => {
  const { run, samples } = withLives(({ block }) => ({
    values:
      rates[block] === 0
        ? { below50MsCount: 1 }
        : { below50MsCount: 0, sustained50MsPerSecond: rates[block]! },
  }));
  const { finding } = viewOf(run, samples);
  return finding.find((sentence) => sentence.includes('come and go'))!;
};
const eight = (...rates: readonly number[]): readonly number[] =>
  Array.from({ length: 8 }, (_, block) => rates[block % rates.length]!);

test('the ends of the ladder bound a rate from one side only', () => {
  assert.match(saidOf(eight(4096)), /: at least 4,096 with erofs-overlay/);
  assert.match(saidOf(eight(2048, 4096)), /: 3,072 \(2,048\.\.4,096 or more\) with erofs-overlay/);
  assert.match(saidOf([0, ...eight(64).slice(1)]), /: 64 \(fewer than 8\.\.64\) with erofs-overlay/);
  assert.match(saidOf(eight(0, 512)), /: fewer than 8 in half of the blocks with erofs-overlay/);
});

test('at a rate with fewer than 100 images all must be ready in time, which the finding says', () => {
  assert.match(saidOf(eight(32)), /: 32 with .*; a rate up to 32 was tried with fewer than 100 images/);
  assert.doesNotMatch(saidOf(eight(64)), /fewer than 100/);
  assert.equal(MOST_WITHOUT_P99, Math.max(...RATES.filter((rate) => livesAt(rate) < FEWEST_FOR_P99)));
});

test('the table of p99 has the intervals of the chart', () => {
  const { run, samples } = withLives(({ block }) => ({
    values: { at32P99Ns: (70 + block) * MS },
    histograms: { at32: encodeHistogram(latencies) },
  }));
  const page = htmlOf(viewOf(run, samples));
  assert.match(
    page,
    /<span class="range">73\.5 ms<\/span> <span class="range">\(70\.0 ms\.\.77\.0 ms\)<\/span>/,
  );
});

test('the longest of few lives is drawn and is not called p99; an older run called it so', () => {
  const { run, samples } = withLives(({ arm }) => ({
    values: {
      below50MsCount: 0,
      sustained50MsPerSecond: 512,
      ...(arm === 'unpacked-overlay' ? { at32P99Ns: 70 * MS } : { at32MostNs: 79 * MS }),
      at512P99Ns: 40 * MS,
    },
    histograms: { at32: encodeHistogram(latencies) },
  }));
  const view = viewOf(run, samples);
  const [lives] = view.lives;
  assert.deepEqual([lives!.rate, lives!.longest], [32, [32]]);
  assert.ok(lives!.rates.every(({ points }) => points.map(({ x }) => x).join() === '32,512'));
  assert.match(htmlOf(view), /with fewer than 100 images, as at 32 per second, the longest of them/);
});

test('too few blocks give no sentence on any arm, also not on one below the ladder', () => {
  const first = climbing.samples.filter(({ block }) => block === 0);
  const { finding } = viewOf(climbing.run, first);
  assert.ok(!finding.some((sentence) => sentence.includes('come and go')), finding.join('\n'));
});

test('a damaged histogram removes only the percentiles of its arm from the report', () => {
  const { run, samples } = withLives(({ arm }) => ({
    values: { at32P99Ns: 79 * MS, below50MsCount: 0, sustained50MsPerSecond: 512 },
    histograms: { at32: arm === 'composefs-fuse' ? 'AAAA' : encodeHistogram(latencies) },
  }));
  const { lives, arms } = viewOf(run, samples);
  const damaged = arms.findIndex(({ id }) => id === 'composefs-fuse');
  assert.equal(lives[0]!.percentiles.length, arms.length - 1);
  assert.ok(lives[0]!.percentiles.every(({ arm }) => arm !== damaged));
});

test('charts and tables of two images have ids and labels of their own', () => {
  const { run, samples } = withLives(
    () => ({ values: { at32P99Ns: 79 * MS }, histograms: { at32: encodeHistogram(latencies) } }),
    ['debian-12-base', 'debian-12-python'],
  );
  const page = htmlOf(viewOf(run, samples));
  const [section = ''] = page.slice(page.indexOf('<h2 id="lives"')).split('</section>');
  for (const pattern of [/<figure id="([^"]+)"/g, /role="region" aria-label="([^"]+)"/g]) {
    const names = [...section.matchAll(pattern)].map(([, name]) => name);
    assert.equal(names.length, 4);
    assert.equal(new Set(names).size, names.length, names.join('\n'));
  }
});

test('a run of lives alone has its charts in the place of the first table; another run has both', () => {
  const placesIn = (samples: readonly Sample[]): readonly string[] => {
    const page = htmlOf(viewOf(climbing.run, samples));
    return [...page.matchAll(/<h2 id="(table|claims|lives)"/g)].map(([, id]) => id!);
  };
  assert.deepEqual(placesIn(climbing.samples), ['lives', 'claims']);
  const { samples } = exampleRun({ images: ['debian-12-base'] });
  assert.deepEqual(placesIn([...samples, ...climbing.samples]), ['table', 'claims', 'lives']);
});
