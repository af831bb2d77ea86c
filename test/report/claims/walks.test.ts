import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claim as c05 } from '../../../report/claims/c05.ts';
import { claim as c06 } from '../../../report/claims/c06.ts';
import { claim as c09 } from '../../../report/claims/c09.ts';
import { claim as c10 } from '../../../report/claims/c10.ts';
import { claim as c11 } from '../../../report/claims/c11.ts';
import { claim as c16 } from '../../../report/claims/c16.ts';
import { claim as c17 } from '../../../report/claims/c17.ts';
import { claim as c18 } from '../../../report/claims/c18.ts';
import type { Params } from '../../../results/schema/run.ts';
import { around, IMAGE, type MadeGroup, verdictOn } from './journal.ts';

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
  test('stays not testable whatever is measured, and says what is left of the factor', () => {
    for (const [stacked, words] of [
      [150, /is gone here/],
      [400, /more than 2.6/],
      [260, /cannot be excluded/],
    ] as const) {
      const times: Times = { 'erofs-overlay': [stacked * 0.99, stacked * 1.01], 'erofs-only': 100 };
      const judged = verdictOn(c05, { images, groups: [walks('walk-cold', times)] });
      assert.equal(judged.verdict, 'not testable');
      assert.match(judged.because, /never merged/);
      assert.match(judged.because, words);
      assert.ok(judged.told.length > 0 && judged.told.every(({ standIn }) => standIn === true));
    }
  });
});

describe('C6', () => {
  const on = (times: Times) => verdictOn(c06, { images, groups: [walks('walk-warm', times)] });

  test('supported: 120 ms for the entries of the published image', () => {
    const judged = on({ 'erofs-overlay': 520, 'erofs-only': 400 });
    assert.equal(judged.verdict, 'supported');
    assert.ok(Math.abs(judged.told[0]!.value - 120 * MS) < 2 * MS);
  });
  test('the cost is for each entry, so that an image of a tenth of the size gives the same', () => {
    const judged = verdictOn(c06, {
      images: [{ name: IMAGE, entryCount: ENTRIES / 10 }],
      groups: [walks('walk-warm', { 'erofs-overlay': 52, 'erofs-only': 40 })],
    });
    assert.ok(Math.abs(judged.told[0]!.value - 120 * MS) < 2 * MS);
  });
  test('an image that was left out after two blocks stands in no other’s place', () => {
    const of = (image: string, ms: number, blocks: number): MadeGroup => ({
      ...walks('walk-warm', {}),
      image,
      time: {
        'erofs-overlay': { walkWallNs: around(1.3 * ms * MS, blocks, 0.01) },
        'erofs-only': { walkWallNs: around(ms * MS, blocks, 0.01) },
      },
    });
    const both = [
      { name: 'large', entryCount: ENTRIES },
      { name: 'small', entryCount: ENTRIES / 10 },
    ];
    const cut = verdictOn(c06, { images: both, groups: [of('large', 400, 2), of('small', 40, 8)] });
    assert.equal(cut.verdict, 'supported');
    const whole = verdictOn(c06, { images: both, groups: [of('large', 2000, 8), of('small', 40, 8)] });
    assert.equal(whole.verdict, 'not supported');
    const few = verdictOn(c06, { images: both, groups: [of('large', 400, 2), of('small', 40, 1)] });
    assert.match(few.because, /too few blocks/);
  });
  test('the order of the published rows is told, and where it is undecided', () => {
    const clear = on({ 'erofs-overlay': 520, 'erofs-only': 400, 'plain-directory': 440 });
    assert.match(clear.because, /fastest first: erofs-only < plain-directory < erofs-overlay$/);
    const near = on({ 'erofs-overlay': 520, 'erofs-only': 400, 'plain-directory': [380, 421] });
    assert.match(near.because, /\(~: undecided\): erofs-only ~ plain-directory < erofs-overlay$/);
  });
  test('not supported: next to nothing, or far more', () => {
    assert.equal(on({ 'erofs-overlay': 401, 'erofs-only': 400 }).verdict, 'not supported');
    assert.equal(on({ 'erofs-overlay': 1000, 'erofs-only': 400 }).verdict, 'not supported');
  });
  test('undecided: an interval that holds no cost at all and the range', () => {
    assert.equal(on({ 'erofs-overlay': [380, 560], 'erofs-only': 400 }).verdict, 'undecided');
  });
  test('not testable where the run says why, undecided where it was not asked', () => {
    const alone = { images, groups: [walks('walk-warm', { 'erofs-overlay': 520 })] };
    const skipped = [{ what: 'erofs-only', need: 'EROFS mounts', reason: 'EINVAL' }];
    const judged = verdictOn(c06, { ...alone, skipped });
    assert.deepEqual([judged.verdict, judged.because], ['not testable', 'erofs-only: EROFS mounts: EINVAL']);
    assert.equal(verdictOn(c06, alone).verdict, 'undecided');
  });
});

describe('C9', () => {
  const on = (python: number, nginx = 3e6) =>
    verdictOn(c09, {
      images: [{ name: IMAGE, entryCount: ENTRIES, fileBytes: 100e6 }],
      groups: (
        [
          ['python', python],
          ['nginx', nginx],
        ] as const
      ).map(([start, startTouchedBytes]) => ({
        scenario: 'start-trace',
        params: { start },
        time: {
          'erofs-overlay': { startTouchedBytes, startWallNs: around(20 * MS) },
          'composefs-fuse': { startTouchedBytes, startWallNs: around(30 * MS) },
        },
      })),
    });
  test('supported: a small part, and the times stand beside it', () => {
    const judged = on(6e6);
    assert.equal(judged.verdict, 'supported');
    assert.deepEqual(
      judged.told.map(({ value }) => Math.round(value * 100) / 100),
      [0.06, 0.03, 1.5],
    );
  });
  test('not supported: one start reads much', () => assert.equal(on(20e6).verdict, 'not supported'));
  test('undecided where no start was replayed, not testable where the run says why', () => {
    assert.equal(verdictOn(c09, { groups: [] }).verdict, 'undecided');
    const skipped = [{ what: 'start-trace', need: 'dropping the caches', reason: 'EACCES' }];
    assert.equal(verdictOn(c09, { groups: [], skipped }).verdict, 'not testable');
  });
});

describe('C10', () => {
  const on = (direct: Times[string], prefetched: Times[string]) => {
    const read = walks('prefetch', { 'erofs-overlay-loop-dio': prefetched });
    const { walkWallNs } = read.time!['erofs-overlay-loop-dio']!;
    return verdictOn(c10, {
      images,
      groups: [
        walks('walk-cold', { 'erofs-overlay': 500, 'erofs-overlay-loop-dio': direct }),
        { ...read, time: { 'erofs-overlay-loop-dio': { prefetchedWalkWallNs: walkWallNs! } } },
      ],
    });
  };
  test('supported: the gap is gone', () => assert.equal(on(686, 484).verdict, 'supported'));
  test('not supported: a gap is left', () => assert.equal(on(686, 600).verdict, 'not supported'));
  test('undecided: no gap, an uncertain one, or uncertain whether one is left', () => {
    assert.match(on(500, 500).because, /nothing is slower/);
    assert.match(on([480, 700], 500).because, /whether there is a gap/);
    assert.match(on(686, [480, 600]).because, /whether a gap is left/);
  });
});

describe('C11', () => {
  interface Cached {
    readonly once?: number;
    readonly twice?: number;
    readonly inFile?: number;
    readonly direct?: Times[string];
  }
  const on = ({ once = 1000, twice = 1970, inFile = 0, direct = 600 }: Cached) => {
    const group = walks('walk-cold', {
      'erofs-overlay': 500,
      'erofs-overlay-loop': 500,
      'erofs-overlay-loop-dio': direct,
    });
    return verdictOn(c11, {
      images,
      groups: [
        {
          ...group,
          count: {
            'erofs-overlay': { metadataCachedBytes: once },
            'erofs-overlay-loop': { metadataCachedBytes: twice },
            'erofs-overlay-loop-dio': { manifestCachedBytes: inFile },
          },
        },
      ],
    });
  };
  test('supported: twice, not in the file, slower', () => assert.equal(on({}).verdict, 'supported'));
  test('not supported: each part alone refutes it', () => {
    assert.match(on({ twice: 1000 }).because, /does not cache twice/);
    assert.match(on({ inFile: 500 }).because, /cached, too/);
    assert.match(on({ direct: 450 }).because, /not slower/);
    for (const part of [{ twice: 1000 }, { inFile: 500 }, { direct: 450 }])
      assert.equal(on(part).verdict, 'not supported');
  });
  test('undecided: neither once nor twice, or the time uncertain', () => {
    assert.equal(on({ twice: 1500 }).verdict, 'undecided');
    assert.equal(on({ direct: [450, 600] }).verdict, 'undecided');
  });
  test('not testable where the kernel does not tell', () => {
    const times = { 'erofs-overlay': 500, 'erofs-overlay-loop': 500, 'erofs-overlay-loop-dio': 600 };
    const judged = verdictOn(c11, { images, groups: [walks('walk-cold', times)] });
    assert.equal(judged.verdict, 'not testable');
  });
});

describe('on one CPU', () => {
  const pinned: Params = { placement: 'same-cpu' };
  const kernel = { 'erofs-overlay': 520, 'erofs-only': 400 };
  test('a comparison of kernel file systems is read there where the run has it', () => {
    const noisy: Times = { 'erofs-overlay': [400, 620], 'erofs-only': [380, 560] };
    const judged = verdictOn(c06, {
      images,
      groups: [walks('walk-warm', noisy), walks('walk-warm', kernel, pinned)],
    });
    assert.equal(judged.verdict, 'supported');
    assert.match(judged.told[0]!.what, /, on one CPU/);
    assert.equal(verdictOn(c06, { images, groups: [walks('walk-warm', noisy)] }).verdict, 'undecided');
  });
  test('two scenarios are compared in the same place only', () => {
    const walk = walks('walk-cold', { 'composefs-fuse': 1000, 'erofs-overlay': 500 });
    const writable = walks(
      'walk-writable',
      { 'composefs-fuse': 1500, 'erofs-overlay': 510 },
      { stack: 'one', ...pinned },
    );
    const on = (groups: readonly MadeGroup[]) => verdictOn(c16, { images, groups }).verdict;
    assert.equal(on([walk, writable]), 'undecided');
    assert.equal(on([{ ...walk, params: pinned }, writable]), 'supported');
  });
});

describe('C16', () => {
  const on = (fuse: Times[string], stacked: number) =>
    verdictOn(c16, {
      images,
      groups: [
        walks('walk-cold', { 'composefs-fuse': 1000, 'erofs-overlay': 500 }),
        walks('walk-writable', { 'composefs-fuse': fuse, 'erofs-overlay': stacked }, { stack: 'one' }),
        walks('walk-writable', { 'erofs-overlay': 900 }, { stack: 'over' }),
      ],
    });
  test('supported: the writable layer costs composefs-fuse more', () => {
    const judged = on(1500, 510);
    assert.equal(judged.verdict, 'supported');
    assert.ok(
      judged.told.some(({ what, value }) => /overlay over it/.test(what) && Math.abs(value - 1.8) < 0.05),
    );
  });
  test('not supported: it costs both alike or composefs-fuse less', () => {
    assert.equal(on(1000, 600).verdict, 'not supported');
  });
  test('undecided: an interval that holds one', () =>
    assert.equal(on([900, 1200], 510).verdict, 'undecided'));
  test('not testable where a kernel refuses the writable mount', () => {
    const judged = verdictOn(c16, {
      images,
      groups: [walks('walk-cold', { 'composefs-fuse': 1000, 'erofs-overlay': 500 })],
      skipped: [{ what: 'walk-writable', need: 'dropping the caches', reason: 'EACCES' }],
    });
    assert.equal(judged.verdict, 'not testable');
  });
});

describe('C17', () => {
  const on = (neither: Times[string]) =>
    verdictOn(c17, {
      images,
      groups: [
        walks('walk-warm', {
          'erofs-overlay-no-filter': neither,
          'erofs-overlay': 215,
          'erofs-overlay-noacl': 206,
        }),
      ],
    });
  test('supported', () => assert.equal(on(264).verdict, 'supported'));
  test('not supported', () => assert.equal(on(207).verdict, 'not supported'));
  test('undecided', () => assert.equal(on([200, 250]).verdict, 'undecided'));
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
  const groups = (warm: Times, cold: Times, pinned: Times = {}) => ({
    images,
    groups: [
      walks('walk-warm', { 'erofs-overlay': 100, ...warm }),
      walks('walk-cold', { 'erofs-overlay': 100, ...cold }),
      ...(Object.keys(pinned).length === 0
        ? []
        : [walks('walk-warm', { 'erofs-overlay': 100, ...pinned }, { placement: 'same-cpu' })]),
    ],
  });
  const FUSE = 'composefs-fuse';
  test('supported: at most half as long again, warm and cold', () => {
    assert.equal(verdictOn(c18, groups({ [FUSE]: 120 }, { [FUSE]: 130 })).verdict, 'supported');
  });
  test('not supported: warm or cold more than that', () => {
    assert.equal(verdictOn(c18, groups({ [FUSE]: 120 }, { [FUSE]: 200 })).verdict, 'not supported');
    assert.equal(verdictOn(c18, groups({ [FUSE]: 200 }, { [FUSE]: 120 })).verdict, 'not supported');
  });
  test('the best variant and the best placement count', () => {
    const other = 'composefs-fuse@transport=uring';
    assert.equal(verdictOn(c18, groups({ [FUSE]: 200, [other]: 120 }, { [FUSE]: 130 })).verdict, 'supported');
    assert.equal(
      verdictOn(c18, groups({ [FUSE]: 200 }, { [FUSE]: 130 }, { [FUSE]: 110 })).verdict,
      'supported',
    );
  });
  test('undecided: an interval that holds the bound', () => {
    assert.equal(verdictOn(c18, groups({ [FUSE]: [120, 200] }, { [FUSE]: 130 })).verdict, 'undecided');
  });
  test('not testable without FUSE', () => {
    const judged = verdictOn(c18, {
      ...groups({}, {}),
      skipped: [{ what: FUSE, need: 'FUSE mounts', reason: 'no /dev/fuse' }],
    });
    assert.equal(judged.verdict, 'not testable');
  });
});
