import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c07.ts';
import { around, IMAGE, type MadeRun, refutedBy, verdictOn } from './journal.ts';
import { BLOCKS, images, MS, spread } from './listings.ts';

type MegabyteRange = number | readonly [number, number];
const MB = 1e6;
const bytes = (range: MegabyteRange): readonly number[] =>
  typeof range === 'number' ? around(range * MB, BLOCKS, 0.01) : spread(range).map((ns) => (ns / MS) * MB);
const on = (slab: MegabyteRange, peak: MegabyteRange | null, more: Partial<MadeRun> = {}) =>
  verdictOn(claim, {
    images,
    groups: [
      {
        scenario: 'memory',
        params: { size: 'large' },
        time: Object.fromEntries(
          (
            [
              ['erofs-overlay', slab, peak],
              ['erofs-only', 40, 45],
            ] as const
          ).map(([arm, objects, group]) => [
            arm,
            {
              slabObjectBytes: bytes(objects),
              slabPerEntryBytes: 700,
              ...(peak === null || group === null ? {} : { groupPeakBytes: bytes(group) }),
            },
          ]),
        ),
      },
    ],
    ...more,
  });
test('supported: both whole intervals lie in 2 to 3; the peak decides, because it was published', () => {
  const judged = on(100, 120);
  assert.ok(judged.verdict === 'supported');
  assert.match(judged.decidedBy!.what, /peak of the control group/);
  assert.match(judged.decidedBy!.published!, /1\.9 with lazy lookup/);
});
test('not supported: the reason says whether memory is less or more', () => {
  const less = on(60, 70);
  assert.ok(less.verdict === 'not supported' && /^less: peak/.test(less.because));
  assert.ok(refutedBy(less) < 2);
  const more = on(150, 180);
  assert.ok(more.verdict === 'not supported' && /^more: peak/.test(more.because));
  assert.ok(refutedBy(more) > 3);
});
test('undecided: the two disagree, or an interval contains a bound', () => {
  assert.match(on(60, 120).because, /the two disagree/);
  assert.equal(on(60, 120).verdict, 'undecided');
  assert.equal(on(150, 70).verdict, 'undecided');
  assert.equal(on(100, [80, 120]).verdict, 'undecided');
  assert.equal(on([70, 100], 120).verdict, 'undecided');
});
test('not testable without a control group, with the machine’s reason', () => {
  const features = { 'memory-group': { ok: false, detail: 'no cgroup file system is mounted' } };
  const judged = on(100, null, { features });
  assert.equal(judged.verdict, 'not testable');
  assert.match(judged.because, /no cgroup file system is mounted/);
  assert.ok(judged.figures.length > 0, 'slab objects are shown');
});
test('measured too small', () => {
  const judged = on(100, 120, { images: [{ name: IMAGE, entryCount: 4188 }] });
  assert.equal(judged.because, 'measured too small, 4,188 entries: --profile full');
});
test('missing: not testable if the run says why, else undecided', () => {
  const skipped = [{ kind: 'scenario' as const, scenario: 'memory', need: 'slabinfo', reason: 'no root' }];
  assert.equal(verdictOn(claim, { groups: [], skipped }).verdict, 'not testable');
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
});
