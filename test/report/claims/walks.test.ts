import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claim as c05 } from '../../../report/claims/c05.ts';
import { claim as c06 } from '../../../report/claims/c06.ts';
import { claim as c07 } from '../../../report/claims/c07.ts';
import { claim as c09 } from '../../../report/claims/c09.ts';
import { claim as c10 } from '../../../report/claims/c10.ts';
import { claim as c11 } from '../../../report/claims/c11.ts';
import { claim as c16 } from '../../../report/claims/c16.ts';
import { claim as c17 } from '../../../report/claims/c17.ts';
import { claim as c18 } from '../../../report/claims/c18.ts';
import type { Params } from '../../../results/schema/run.ts';
import { around, IMAGE, type Made, type MadeGroup, verdictOn } from './journal.ts';

const MS = 1e6;
const ENTRIES = 64_246;
const images = [{ name: IMAGE, entryCount: ENTRIES }];

/** Milliseconds by arm; a pair is where the values reach from and to. */
type Times = Readonly<Record<string, number | readonly [from: number, to: number]>>;

const BLOCKS = 8;

const spread = ([from, to]: readonly [number, number]): readonly number[] =>
  Array.from({ length: BLOCKS }, (_, i) => (from + ((to - from) * ((i * 3) % BLOCKS)) / (BLOCKS - 1)) * MS);

const walks = (scenario: string, times: Times, params: Params = {}): MadeGroup => ({
  scenario,
  params,
  time: Object.fromEntries(
    Object.entries(times).map(([arm, ms]) => [
      arm,
      { walkWallNs: typeof ms === 'number' ? around(ms * MS, BLOCKS, 0.01) : spread(ms) },
    ]),
  ),
});

describe('C5', () => {
  test('stays not testable whatever is measured; stand-ins stand beside on every image, with no word of verdict', () => {
    for (const stacked of [150, 400, 260]) {
      const times: Times = { 'erofs-overlay': [stacked * 0.99, stacked * 1.01], 'erofs-only': 100 };
      const both = [...images, { name: 'small', entryCount: 4188 }];
      const judged = verdictOn(c05, {
        images: both,
        groups: [walks('walk-cold', times), { ...walks('walk-cold', times), image: 'small' }],
      });
      assert.equal(judged.verdict, 'not testable');
      assert.equal(judged.because, 'the composefs kernel module was never merged');
      assert.ok(judged.figures.every(({ standIn }) => standIn === true));
      assert.deepEqual(
        judged.figures.map(({ what }) => what.replace(/.* on /, '')),
        [IMAGE, 'small'],
      );
    }
  });
});

describe('C6', () => {
  const on = (times: Times) => verdictOn(c06, { images, groups: [walks('walk-warm', times)] });
  const two = (large: Times, other: Times, blocks = BLOCKS) =>
    verdictOn(c06, {
      images: [
        { name: 'largest', entryCount: ENTRIES },
        { name: 'other', entryCount: ENTRIES / 2 },
      ],
      groups: [
        {
          ...walks('walk-warm', large),
          image: 'largest',
          time: Object.fromEntries(
            Object.entries(walks('walk-warm', large).time!).map(([arm, { walkWallNs }]) => [
              arm,
              { walkWallNs: (walkWallNs as readonly number[]).slice(0, blocks) },
            ]),
          ),
        },
        { ...walks('walk-warm', other), image: 'other' },
      ],
    });

  test('supported: the whole ratio above half of the least that was published, and the ratio is the number that decided', () => {
    const judged = on({ 'erofs-overlay': 520, 'erofs-only': 400 });
    assert.ok(judged.verdict === 'supported');
    assert.ok(Math.abs(judged.decidedBy!.value - 1.3) < 0.01);
    assert.equal(judged.decidedBy!.metric, 'walkRatio');
  });
  test('the bound is of the whole interval', () => {
    assert.equal(on({ 'erofs-overlay': [490, 500], 'erofs-only': 400 }).verdict, 'supported');
    assert.equal(on({ 'erofs-overlay': [401, 455], 'erofs-only': 400 }).verdict, 'undecided');
    assert.equal(on({ 'erofs-overlay': [385, 398], 'erofs-only': 400 }).verdict, 'not supported');
  });
  test('which published ratios lie inside is a second sentence and decides nothing', () => {
    const inside = on({ 'erofs-overlay': [500, 560], 'erofs-only': 400 });
    assert.match(
      inside.because,
      /of the published ratios 1\.28 \(T2, ext4\) and 1\.36 \(T2, xfs\) and 1\.38 \(T4\) lie inside/,
    );
    const none = on({ 'erofs-overlay': 1000, 'erofs-only': 400 });
    assert.equal(none.verdict, 'supported');
    assert.match(none.because, /none of the published ratios lies inside: 1\.28/);
  });
  test('measured too small, 19,999 entries: --profile full decide nothing, 20,000 do', () => {
    const of = (entryCount: number) =>
      verdictOn(c06, {
        images: [{ name: IMAGE, entryCount }],
        groups: [walks('walk-warm', { 'erofs-overlay': 520, 'erofs-only': 400 })],
      });
    const small = of(19_999);
    assert.ok(small.verdict === 'undecided');
    assert.equal(small.because, 'measured too small, 19,999 entries: --profile full');
    assert.equal(small.wouldDecide, 'cfsbench run --profile full');
    assert.ok(small.figures.length > 0, 'what was measured is shown');
    assert.equal(of(20_000).verdict, 'supported');
  });
  test('two images that disagree decide nothing, and both are named; one that is open contradicts nobody', () => {
    const costs: Times = { 'erofs-overlay': 520, 'erofs-only': 400 };
    const none: Times = { 'erofs-overlay': 390, 'erofs-only': 400 };
    const disagree = two(costs, none);
    assert.equal(disagree.verdict, 'undecided');
    assert.match(disagree.because, /images disagree: largest: supported .*; other: not supported/);
    assert.equal(two(none, none).verdict, 'not supported');
    assert.equal(two(costs, { 'erofs-overlay': [380, 560], 'erofs-only': 400 }).verdict, 'supported');
    const open = two({ 'erofs-overlay': [380, 560], 'erofs-only': 400 }, costs);
    assert.equal(open.verdict, 'undecided');
    assert.match(open.because, /the smaller other: supported/);
  });
  test('an image that was left out after two blocks stands in no other’s place', () => {
    const cut = two(
      { 'erofs-overlay': 401, 'erofs-only': 400 },
      { 'erofs-overlay': 520, 'erofs-only': 400 },
      2,
    );
    assert.equal(cut.verdict, 'supported');
    assert.ok(cut.figures.every(({ what }) => !/largest/.test(what)));
  });
  test('the order of T2’s rows stands beside, undecided where neighbours are too near', () => {
    const clear = on({ 'erofs-overlay': 520, 'erofs-only': 400, 'plain-directory': 440 });
    assert.match(clear.because, /fastest first: erofs-only < plain-directory < erofs-overlay$/);
    const near = on({ 'erofs-overlay': 520, 'erofs-only': 400, 'plain-directory': [380, 421] });
    assert.match(near.because, /\(~: undecided\): erofs-only ~ plain-directory < erofs-overlay$/);
  });
  test('not testable where the run says why, undecided where it was not asked', () => {
    const alone = { images, groups: [walks('walk-warm', { 'erofs-overlay': 520 })] };
    const skipped = [{ what: 'erofs-only', need: 'EROFS mounts', reason: 'EINVAL' }];
    const judged = verdictOn(c06, { ...alone, skipped });
    assert.deepEqual([judged.verdict, judged.because], ['not testable', 'erofs-only: EROFS mounts: EINVAL']);
    assert.equal(verdictOn(c06, alone).verdict, 'undecided');
  });
  test('what had no room in the run’s time can be tested: it is undecided, with what to type', () => {
    const dropped = ['scenario walk-servers-cold: 8 blocks with it take about 103 s, the budget leaves 82 s'];
    const judged = verdictOn(c18, { groups: [], dropped });
    assert.ok(judged.verdict === 'undecided');
    assert.match(judged.because, /^left out: scenario walk-servers-cold/);
    assert.match(judged.wouldDecide, /^cfsbench run /);
  });
});

describe('C7', () => {
  type Range = number | readonly [number, number];
  const MB = 1e6;
  const bytes = (range: Range): readonly number[] =>
    typeof range === 'number' ? around(range * MB, BLOCKS, 0.01) : spread(range).map((ns) => (ns / MS) * MB);
  const on = (slab: Range, peak: Range | null, more: Partial<Made> = {}) =>
    verdictOn(c07, {
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
  test('supported: both whole intervals lie in 2 to 3; the peak, which was published, is printed', () => {
    const judged = on(100, 120);
    assert.ok(judged.verdict === 'supported');
    assert.match(judged.decidedBy!.what, /peak of the control group/);
    assert.match(judged.decidedBy!.published!, /1\.9 with lazy lookup/);
  });
  test('less and more are different answers', () => {
    const less = on(60, 70);
    assert.ok(less.verdict === 'not supported' && /^less: peak/.test(less.because));
    const more = on(150, 180);
    assert.ok(more.verdict === 'not supported' && /^more: peak/.test(more.because));
  });
  test('undecided: the two disagree, or an interval reaches over a bound', () => {
    assert.match(on(60, 120).because, /the two disagree/);
    assert.equal(on(60, 120).verdict, 'undecided');
    assert.equal(on(150, 70).verdict, 'undecided');
    assert.equal(on(100, [80, 120]).verdict, 'undecided');
    assert.equal(on([70, 100], 120).verdict, 'undecided');
  });
  test('not testable where no control group can be had, with the machine’s own reason', () => {
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
  test('missing: not testable with the reason, undecided without one', () => {
    const skipped = [{ what: 'memory', need: 'slabinfo', reason: 'no root' }];
    assert.equal(verdictOn(c07, { groups: [], skipped }).verdict, 'not testable');
    assert.equal(verdictOn(c07, { groups: [] }).verdict, 'undecided');
  });
});

describe('C9', () => {
  const on = (
    ...starts: readonly (readonly [start: string, image: string, touched: number | readonly number[]])[]
  ) =>
    verdictOn(c09, {
      images: [
        { name: 'slim', entryCount: 1000, fileBytes: 50e6 },
        { name: 'general', entryCount: ENTRIES, fileBytes: 1000e6 },
      ],
      groups: starts.map(([start, image, startTouchedBytes]) => ({
        scenario: 'start-trace',
        params: { start },
        image,
        time: {
          'erofs-overlay': { startTouchedBytes, startWallNs: around(20 * MS) },
          'composefs-fuse': { startTouchedBytes, startWallNs: around(30 * MS) },
        },
      })),
    });
  test('supported, of these starts: every one reads a small part; the largest share is printed, times decide nothing', () => {
    const judged = on(['nginx', 'slim', 3e6], ['python', 'slim', 6e6], ['python', 'general', 6e6]);
    assert.ok(judged.verdict === 'supported');
    assert.match(judged.because, /^of these starts /);
    assert.equal(judged.decidedBy!.value, 0.12);
    assert.deepEqual(
      judged.figures.map(({ value }) => Math.round(value * 1000) / 1000),
      [0.12, 0.06, 0.006, 1.5],
    );
  });
  test('not supported: every one reads more', () => {
    const judged = on(['nginx', 'slim', 10e6], ['python', 'slim', 20e6]);
    assert.ok(judged.verdict === 'not supported');
    assert.equal(judged.decidedBy!.value, 0.2);
  });
  test('undecided: a slim image and a general one disagree, and both are named', () => {
    const judged = on(['python', 'slim', 20e6], ['python', 'general', 20e6]);
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /40\.0 % \(start of python on slim.*2\.0 % \(start of python on general/);
  });
  test('bytes that are not the same in every pass are no share, and leave all of it open', () => {
    const judged = on(['python', 'slim', [1e6, 2e6, 1e6]], ['nginx', 'slim', 1e6]);
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /not the same bytes in every pass: start of python on slim/);
  });
  test('undecided where no start was replayed, not testable where the run says why', () => {
    assert.equal(verdictOn(c09, { groups: [] }).verdict, 'undecided');
    const skipped = [{ what: 'start-trace', need: 'dropping the caches', reason: 'EACCES' }];
    assert.equal(verdictOn(c09, { groups: [], skipped }).verdict, 'not testable');
  });
});

describe('C10', () => {
  const on = (direct: Times[string], prefetched: Times[string], entryCount = ENTRIES) => {
    const read = walks('prefetch', { 'erofs-overlay-loop-dio': prefetched });
    const { walkWallNs } = read.time!['erofs-overlay-loop-dio']!;
    return verdictOn(c10, {
      images: [{ name: IMAGE, entryCount }],
      groups: [
        // The mount from its file has readahead of its own, and is no control of a loop device.
        walks('walk-cold', {
          'erofs-overlay': 300,
          'erofs-overlay-loop': 500,
          'erofs-overlay-loop-dio': direct,
        }),
        { ...read, time: { 'erofs-overlay-loop-dio': { prefetchedWalkWallNs: walkWallNs! } } },
      ],
    });
  };
  test('supported: the gap is gone, and what is left of it is the number printed', () => {
    const judged = on(686, 484);
    assert.ok(judged.verdict === 'supported');
    assert.match(judged.decidedBy!.what, /read first, the reading included, ÷ erofs-overlay-loop on/);
    assert.ok(Math.abs(judged.decidedBy!.value - 484 / 500) < 0.01);
  });
  test('not supported: a gap is left', () => assert.equal(on(686, 600).verdict, 'not supported'));
  test('undecided: no gap, an uncertain one, or uncertain whether one is left', () => {
    assert.match(on(450, 500).because, /nothing to explain/);
    assert.match(on(490, 500).because, /nothing to explain/);
    assert.match(on([480, 700], 500).because, /whether the direct loop device is more than 17 % slower/);
    assert.match(on(686, [480, 600]).because, /whether a gap is left/);
    for (const judged of [on(450, 500), on([480, 700], 500), on(686, [480, 600])])
      assert.equal(judged.verdict, 'undecided');
  });
  test('measured too small', () =>
    assert.equal(on(686, 484, 4188).because, 'measured too small, 4,188 entries: --profile full'));
  test('missing: without the buffered loop device there is no control', () => {
    const judged = verdictOn(c10, {
      images,
      groups: [walks('walk-cold', { 'erofs-overlay': 500, 'erofs-overlay-loop-dio': 600 })],
    });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /erofs-overlay-loop/);
  });
});

describe('C11', () => {
  interface Cached {
    readonly once?: number | readonly number[];
    readonly twice?: number | readonly number[];
    readonly inFile?: number | readonly number[];
    readonly direct?: Times[string];
    /** Of the timed passes. */
    readonly timed?: number;
  }
  const on = ({ once = 1000, twice = 1970, inFile = 0, direct = 600, timed }: Cached) => {
    const group = walks('walk-cold', {
      'erofs-overlay': 500,
      'erofs-overlay-loop': 500,
      'erofs-overlay-loop-dio': direct,
    });
    const loop = group.time!['erofs-overlay-loop']!;
    return verdictOn(c11, {
      images: [{ name: IMAGE, entryCount: 4188 }],
      groups: [
        {
          ...group,
          time: {
            ...group.time,
            'erofs-overlay-loop': timed === undefined ? loop : { ...loop, metadataCachedBytes: timed },
          },
          count: {
            'erofs-overlay': { metadataCachedBytes: once },
            'erofs-overlay-loop': { metadataCachedBytes: twice },
            'erofs-overlay-loop-dio': { manifestCachedBytes: inFile },
          },
        },
      ],
    });
  };
  test('supported: twice, not in the file, slower; printed is the arm with the loop', () => {
    const judged = on({});
    assert.ok(judged.verdict === 'supported');
    assert.match(judged.decidedBy!.what, /erofs-overlay-loop ÷ erofs-overlay/);
    assert.equal(judged.decidedBy!.value, 1.97);
  });
  test('not supported: each part alone refutes it, and is the number printed', () => {
    for (const [part, because, value] of [
      [{ twice: 1000 }, /does not cache twice/, 1],
      [{ inFile: 500 }, /cached, too/, 500],
      [{ direct: 450 }, /not slower/, 0.9],
    ] as const) {
      const judged = on(part);
      assert.ok(judged.verdict === 'not supported');
      assert.match(judged.because, because);
      assert.ok(Math.abs(judged.decidedBy!.value - value) < 0.02);
    }
  });
  test('undecided: neither once nor twice, or the time uncertain', () => {
    assert.equal(on({ twice: 1500 }).verdict, 'undecided');
    assert.equal(on({ direct: [450, 600] }).verdict, 'undecided');
    assert.equal(
      on({ direct: [505, 540] }).verdict,
      'undecided',
      'slower by less than what counts as the same',
    );
  });
  test('undecided: pages that are not the same in every pass, counted or timed', () => {
    for (const part of [
      { once: [1000, 1000, 1004] },
      { twice: [1970, 1974, 1970] },
      { inFile: [0, 4, 0] },
      { timed: 1966 },
    ]) {
      const judged = on(part);
      assert.equal(judged.verdict, 'undecided');
      assert.match(judged.because, /not the same in each of \d+ passes/);
    }
  });
  test('not testable where the kernel does not tell', () => {
    const times = { 'erofs-overlay': 500, 'erofs-overlay-loop': 500, 'erofs-overlay-loop-dio': 600 };
    const judged = verdictOn(c11, { images, groups: [walks('walk-cold', times)] });
    assert.equal(judged.verdict, 'not testable');
  });
  test('missing: undecided without a loop device, not testable where the run says why', () => {
    const groups = [walks('walk-cold', { 'erofs-overlay': 500 })];
    assert.equal(verdictOn(c11, { images, groups }).verdict, 'undecided');
    const skipped = [{ what: 'erofs-overlay-loop', need: 'EROFS over loop devices', reason: 'EPERM' }];
    assert.equal(verdictOn(c11, { images, groups, skipped }).verdict, 'not testable');
  });
});

describe('on one CPU', () => {
  const pinned: Params = { placement: 'same-cpu' };
  const kernel = { 'erofs-overlay': 520, 'erofs-only': 400 };
  test('a comparison of kernel file systems is read there where the run has it', () => {
    const noisy: Times = { 'erofs-overlay': [390, 620], 'erofs-only': [380, 560] };
    const judged = verdictOn(c06, {
      images,
      groups: [walks('walk-warm', noisy), walks('walk-warm', kernel, pinned)],
    });
    assert.equal(judged.verdict, 'supported');
    assert.match(judged.figures[0]!.what, /, on one CPU/);
    assert.equal(verdictOn(c06, { images, groups: [walks('walk-warm', noisy)] }).verdict, 'undecided');
  });
  test('two scenarios are compared in the same place only', () => {
    const walk = walks('walk-cold', { 'erofs-overlay-loop': 500, 'erofs-overlay-loop-dio': 686 });
    const read: MadeGroup = {
      scenario: 'prefetch',
      params: pinned,
      time: { 'erofs-overlay-loop-dio': { prefetchedWalkWallNs: around(484 * MS, BLOCKS, 0.01) } },
    };
    const on = (groups: readonly MadeGroup[]) => verdictOn(c10, { images, groups }).verdict;
    assert.equal(on([walk, read]), 'undecided');
    assert.equal(on([{ ...walk, params: pinned }, read]), 'supported');
  });
});

describe('C16', () => {
  test('not testable whatever is measured; what the writable layer adds is shown as a stand-in', () => {
    const judged = verdictOn(c16, {
      images,
      groups: [
        walks('walk-cold', { 'composefs-fuse': 1000, 'erofs-overlay': 500 }),
        walks('walk-writable', { 'composefs-fuse': 1500, 'erofs-overlay': 510 }, { stack: 'one' }),
        walks('walk-writable', { 'erofs-overlay': 900 }, { stack: 'over' }),
      ],
    });
    assert.equal(judged.verdict, 'not testable');
    assert.equal(judged.because, 'the composefs kernel module was never merged');
    assert.ok(judged.figures.every(({ standIn }) => standIn === true));
    assert.deepEqual(
      judged.figures.map(({ value }) => Math.round(value * 100) / 100),
      [1.5, 1.02, 1.8],
    );
    assert.deepEqual(
      judged.figures.map(({ published }) => published),
      [undefined, undefined, '1.78 (T3)'],
    );
    assert.equal(verdictOn(c16, { images, groups: [] }).verdict, 'not testable');
  });
});

describe('C17', () => {
  const on = (neither: Times[string], entryCount = ENTRIES) =>
    verdictOn(c17, {
      images: [{ name: IMAGE, entryCount }],
      groups: [
        walks('walk-warm', {
          'erofs-overlay-no-filter': neither,
          'erofs-overlay': 215,
          'erofs-overlay-noacl': 206,
        }),
      ],
    });
  test('supported', () => assert.equal(on(264).verdict, 'supported'));
  test('not supported', () => assert.equal(on(195).verdict, 'not supported'));
  test('undecided', () => assert.equal(on([200, 250]).verdict, 'undecided'));
  test('measured too small', () =>
    assert.equal(on(264, 4188).because, 'measured too small, 4,188 entries: --profile full'));
  test('not testable: an image that needs its access control lists', () => {
    const judged = verdictOn(c17, {
      images,
      groups: [walks('walk-warm', { 'erofs-overlay': 215 })],
      skipped: [
        {
          what: 'erofs-overlay-noacl on made',
          need: 'image',
          reason: 'noacl would hide its access control lists',
        },
      ],
    });
    assert.equal(judged.verdict, 'not testable');
    assert.match(judged.because, /access control lists/);
  });
});

describe('C18', () => {
  const FUSE = 'composefs-fuse';
  const OTHER = 'composefs-fuse-passthrough';
  const REFERENCE = 'composefs-fuse-reference';
  const backends = Object.fromEntries(
    ['erofs-overlay', FUSE, OTHER, REFERENCE].map((id) => [id, { title: id, how: '' }]),
  );
  const NOT_INSTALLED = { what: REFERENCE, need: 'composefs-fuse', reason: 'not installed' };
  const on = (warm: Times, cold: Times, more: Partial<Made> & { readonly pinned?: Times } = {}) => {
    const { pinned = {}, ...rest } = more;
    return verdictOn(c18, {
      images,
      backends,
      skipped: [NOT_INSTALLED],
      groups: [
        walks('walk-servers-warm', { 'erofs-overlay': 100, ...warm }),
        walks('walk-servers-cold', { 'erofs-overlay': 100, ...cold }),
        ...(Object.keys(pinned).length === 0
          ? []
          : [walks('walk-servers-warm', { 'erofs-overlay': 100, ...pinned }, { placement: 'same-cpu' })]),
      ],
      ...rest,
    });
  };
  const slow = { [OTHER]: 300 };
  test('supported: the best at most half as long again, warm and cold; the slower of the two is printed', () => {
    const judged = on({ [FUSE]: 120, ...slow }, { [FUSE]: 130, ...slow });
    assert.ok(judged.verdict === 'supported');
    assert.match(judged.decidedBy!.what, /^walk-servers-cold, composefs-fuse ÷/);
    assert.ok(Math.abs(judged.decidedBy!.value - 1.3) < 0.01);
  });
  test('not supported: warm or cold every one more than that, and the fastest of them is printed', () => {
    for (const [warm, cold] of [
      [120, 200],
      [200, 120],
    ] as const) {
      const judged = on({ [FUSE]: warm, ...slow }, { [FUSE]: cold, ...slow });
      assert.ok(judged.verdict === 'not supported');
      assert.ok(Math.abs(judged.decidedBy!.value - 2) < 0.01);
    }
  });
  test('the best variant and the best placement count', () => {
    assert.equal(on({ [FUSE]: 200, [OTHER]: 120 }, { [FUSE]: 130, ...slow }).verdict, 'supported');
    const pinned = { [FUSE]: 110 };
    assert.equal(on({ [FUSE]: 200, ...slow }, { [FUSE]: 130, ...slow }, { pinned }).verdict, 'supported');
  });
  test('asked with all of them or not at all: one that can run and was not measured leaves it open, and is named', () => {
    const one = on({ [FUSE]: 120 }, { [FUSE]: 130 });
    assert.equal(one.verdict, 'undecided');
    assert.match(one.because, /not measured on made: composefs-fuse-passthrough$/);
    const reference = on({ [FUSE]: 120, ...slow }, { [FUSE]: 130, ...slow }, { skipped: [] });
    assert.equal(reference.verdict, 'undecided');
    assert.match(reference.because, /composefs-fuse-reference/);
    const half = on({ [FUSE]: 120, ...slow }, { [FUSE]: 130 });
    assert.equal(half.verdict, 'undecided', 'cold without it');
  });
  test('undecided: an interval that holds the bound', () => {
    assert.equal(on({ [FUSE]: [120, 200], ...slow }, { [FUSE]: 130, ...slow }).verdict, 'undecided');
  });
  test('not testable without FUSE', () => {
    const judged = on({}, {}, { skipped: [{ what: FUSE, need: 'FUSE mounts', reason: 'no /dev/fuse' }] });
    assert.equal(judged.verdict, 'not testable');
  });
});
