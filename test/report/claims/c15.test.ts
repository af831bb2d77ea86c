import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c15.ts';
import { careful } from './attacks.ts';
import { IMAGE, type MadeGroup, type MadeRun, printedOf, refutedBy, verdictOn } from './journal.ts';

type SeriesValue = number | readonly number[];

const update = (file: SeriesValue, layer: SeriesValue, objects: SeriesValue, image = IMAGE): MadeGroup => ({
  scenario: 'update',
  params: { local: 'nothing', versions: image },
  image,
  count: {
    'erofs-overlay': { updateFetchBytes: file, updateFetchCount: objects, ingestCallCount: 6000 },
    'unpacked-overlay': { updateFetchBytes: layer, updateFetchCount: 2 },
  },
});
const known = (name: string, layerCount: number) => ({
  name,
  layerCount,
  objectCount: 3000,
  objectBytes: 100e6,
});
const run = (file: SeriesValue, layer: SeriesValue, objects: SeriesValue, layerCount = 2): MadeRun => ({
  groups: [update(file, layer, objects)],
  images: [known(IMAGE, layerCount)],
});

test('supported: some objects were missing, and fewer bytes than by layer', () => {
  const judged = verdictOn(claim, run(25e6, 100e6, 556));
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.figures[0]!.value, 0.25);
  assert.match(judged.because, /^556 of 3,000 objects of made/);
  const requests = judged.figures
    .filter(({ metric }) => metric === 'updateFetchCount')
    .map(({ value }) => value);
  assert.deepEqual(requests, [556, 2]);
});

test('not supported: every object was missing, or no fewer bytes', () => {
  const all = verdictOn(claim, run(25e6, 100e6, 3000));
  assert.equal(refutedBy(all), 1);
  assert.match(printedOf(all).what, /^objects fetched ÷ objects of the new version/);
  const bytes = verdictOn(claim, run(110e6, 100e6, 556));
  assert.equal(refutedBy(bytes), 1.1);
  assert.equal(bytes.figures.filter(({ metric }) => metric === 'fetchRatio').length, 1);
  assert.equal(refutedBy(verdictOn(claim, run(100e6, 100e6, 556))), 1);
});

test('undecided: an image of one layer is always fetched whole by layer', () => {
  const judged = verdictOn(claim, run(25e6, 100e6, 556, 1));
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /has one layer/);
  assert.equal(judged.figures[0]!.value, 0.25);
  // Beside an image with several layers it is shown and changes nothing.
  const groups = [update(100e6, 90e6, 3000, 'single'), update(25e6, 100e6, 556)];
  const both = verdictOn(claim, { groups, images: [known('single', 1), known(IMAGE, 2)] });
  assert.equal(both.verdict, 'supported');
  assert.equal(both.figures[0]!.value, 0.25);
});

test('an image without a count of one backend is left out, and the verdict says nothing of it', () => {
  const whole = update(25e6, 100e6, 556, 'other');
  const { 'unpacked-overlay': layers } = whole.count!;
  const groups = [update(25e6, 100e6, 556), { ...whole, count: { 'unpacked-overlay': layers! } }];
  const judged = verdictOn(claim, { groups, images: [known(IMAGE, 2), known('other', 3)] });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /^556 of 3,000 objects of made were missing/);
  assert.doesNotMatch(judged.because, /other/);
});

test('undecided: images disagree and are both named', () => {
  const groups = [update(25e6, 100e6, 556), update(100e6, 90e6, 3000, 'other')];
  const judged = verdictOn(claim, { groups, images: [known(IMAGE, 2), known('other', 3)] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /^supported on made.*; not supported on other/);
});

test('undecided: passes differ, or no update was measured; a lack of time is reported', () => {
  assert.equal(verdictOn(claim, run([25e6, 26e6, 25e6], 100e6, 556)).verdict, 'undecided');
  assert.equal(verdictOn(claim, run(25e6, 100e6, [556, 557, 556])).verdict, 'undecided');
  const dropped = [
    {
      kind: 'text' as const,
      scenario: 'update',
      text: 'scenario update: 8 blocks with it take about 20 s, the budget leaves 3 s',
    },
  ];
  const none = verdictOn(claim, { groups: [], scenarios: ['update'], dropped });
  assert.match(none.because, /the budget leaves 3 s/);
});

test('undecided: fewer than three counting passes, whatever they counted', () => {
  for (const objects of [556, 3000]) {
    const judged = verdictOn(claim, { ...run(25e6, 100e6, objects), passes: 2 });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /^fewer than three counting passes: made/);
  }
});

test('not testable: a backend could not run, with the run’s reason', () => {
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'unpacked-overlay',
      backend: 'unpacked-overlay',
      need: 'owners that are mapped here',
      reason: '/var/mail: group 8',
    },
  ];
  const judged = verdictOn(claim, { groups: [], scenarios: ['update'], skipped });
  assert.equal(judged.verdict, 'not testable');
  assert.equal(judged.because, 'unpacked-overlay: owners that are mapped here: /var/mail: group 8');
});

const pulled = (file: SeriesValue, layer: SeriesValue, missing: SeriesValue): MadeGroup => ({
  scenario: 'pull',
  params: { have: 'earlier', via: 'pack', versions: IMAGE, delayMs: 5, mbitPerS: 1000 },
  time: {
    'erofs-overlay': { pullBytes: file, pullMissingCount: missing, pullRequestCount: 12 },
    'unpacked-overlay': { pullBytes: layer, pullMissingCount: 2, pullRequestCount: 4 },
  },
});
const withMore = (...more: readonly MadeGroup[]): MadeRun => {
  const base = run(25e6, 100e6, 556);
  return { ...base, groups: [...base.groups, ...more] };
};

test('bytes and requests of an end-to-end pull are part of the verdict', () => {
  const judged = verdictOn(claim, withMore(pulled(26e6, 101e6, 556)));
  assert.equal(judged.verdict, 'supported');
  assert.ok(judged.figures.some(({ metric, value }) => metric === 'pullRequestCount' && value === 12));
  const more = verdictOn(claim, withMore(pulled(102e6, 101e6, 556)));
  assert.equal(refutedBy(more), 102 / 101);
  assert.match(printedOf(more).what, /^bytes pulled by file ÷ by layer/);
  const all = verdictOn(claim, withMore(pulled(26e6, 101e6, 3000)));
  assert.equal(refutedBy(all), 1);
  assert.match(printedOf(all).what, /^objects pulled ÷/);
  const odd = pulled([26e6, 27e6, 26e6], 101e6, 556);
  assert.equal(verdictOn(claim, withMore(odd)).verdict, 'undecided');
});

test('a client must refuse what its server forges', () => {
  const judged = verdictOn(claim, withMore(careful()));
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /a client refused 13 of 13 attacks by its server$/);
  const served = verdictOn(claim, withMore(careful({ rollback: 'Served' })));
  assert.equal(refutedBy(served), 0);
  assert.match(printedOf(served).what, /older version refused under signature, at pull \(1: yes/);
  assert.match(served.because, /signature, at pull serves older version/);
  const odd = verdictOn(claim, withMore(careful({ mode: ['AtPull', 'Served', 'AtPull'] })));
  assert.equal(odd.verdict, 'undecided');
  assert.match(verdictOn(claim, withMore()).because, /attacks by a server were not tried/);
});

test('undecided: slots of attacks by a server, or of pulls onto an earlier version, failed', () => {
  const [client, both] = [['composefs-fuse'], ['erofs-overlay', 'unpacked-overlay']];
  const pull = pulled(26e6, 101e6, 556);
  const groups: readonly MadeGroup[] = [
    { ...careful(), failed: client },
    { scenario: 'enforced', params: { level: 'signature' }, failed: client },
    ...both.map((arm) => ({ ...pull, failed: [arm] })),
    { scenario: 'pull', params: pull.params!, failed: both },
  ];
  for (const more of groups) {
    const judged = verdictOn(claim, withMore(more));
    assert.ok(judged.verdict === 'undecided');
    assert.equal(judged.because, 'slots of pulls, or of attacks by a server, failed');
    assert.match(judged.wouldDecide, /without failed slots/);
  }
  const served = withMore({ ...careful({ rollback: 'Served' }), failed: client });
  assert.equal(verdictOn(claim, served).verdict, 'not supported');
});

test('undecided: slots of the update of another image failed', () => {
  const base = run(25e6, 100e6, 556);
  const failing: MadeGroup = { scenario: 'update', image: 'other', failed: ['unpacked-overlay'] };
  const judged = verdictOn(claim, { ...base, groups: [...base.groups, failing] });
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /: unpacked-overlay on other$/);
});

test('failed slots of other levels, pulls and backends leave the verdict as it is', () => {
  const groups: readonly MadeGroup[] = [
    { scenario: 'enforced', params: { level: 'files' }, failed: ['composefs-fuse-verity'] },
    {
      scenario: 'pull',
      params: { have: 'nothing', via: 'pack', versions: IMAGE },
      failed: ['erofs-overlay'],
    },
    { ...pulled(26e6, 101e6, 556), failed: ['erofs-full'] },
  ];
  for (const more of groups) assert.equal(verdictOn(claim, withMore(more)).verdict, 'supported');
});
