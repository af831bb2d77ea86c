import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c02.ts';
import { around, type MadeGroup, refutedBy, verdictOn } from './journal.ts';

interface GrowthWorld {
  readonly reflinkPower?: number;
  readonly linkPower?: number;
  readonly mountPower?: number;
  /** Nanoseconds of a mount with a thousand files. */
  readonly mountNs?: number;
  /** Relative error of every value, alternating in sign from block to block. */
  readonly noise?: number;
}

const SIZES = [140, 3000, 45_000];

const noisy = (center: number, size: number, noise: number): readonly number[] =>
  noise === 0
    ? around(center, 8, 0.02)
    : Array.from({ length: 8 }, (_, block) => center * (1 + noise * ((block + size) % 2 === 0 ? 1 : -1)));

const scale = (files: number, world: GrowthWorld): MadeGroup => {
  const { reflinkPower = 1.02, linkPower = 1, mountPower = 0.02, mountNs = 1e5, noise = 0 } = world;
  const grown = (ns: number, power: number): readonly number[] =>
    noisy(ns * (files / 1000) ** power, SIZES.indexOf(files), noise);
  const life = (ns: number, power: number) => ({
    createWallNs: grown(ns, power),
    destroyWallNs: grown(ns, power),
    mountWallNs: grown(5e4, 0),
    unmountWallNs: grown(5e4, 0),
    settleWallNs: grown(1e3, 0),
  });
  const manifest = {
    createWallNs: grown(2e5, 0),
    destroyWallNs: grown(2e4, 0),
    mountWallNs: grown(mountNs, mountPower),
    unmountWallNs: grown(mountNs, mountPower),
    settleWallNs: grown(1e3, 0),
  };
  return {
    scenario: 'churn-scale',
    params: { local: 'files', size: `of-${files}` },
    image: `of-${files}`,
    time: {
      'reflink-checkout': life(5e7, reflinkPower),
      'hardlink-checkout': life(3e7, linkPower),
      'erofs-overlay': manifest,
      'composefs-fuse': manifest,
    },
  };
};

const images = SIZES.map((files) => ({ name: `of-${files}`, fileCount: files }));
const on = (world: GrowthWorld = {}, sizes: readonly number[] = SIZES) =>
  verdictOn(claim, { images, groups: sizes.map((files) => scale(files, world)) });

test('supported: copies grow with the files, mounts do not, and their lives at the largest size are far apart', () => {
  const judged = on();
  assert.ok(judged.verdict === 'supported');
  assert.match(judged.decidedBy!.what, /^reflink-checkout, create \+ destroy/);
  assert.ok(Math.abs(judged.decidedBy!.value - 1.02) < 0.01);
  const ratio = judged.figures.find(({ metric }) => metric === 'lifeRatio')!;
  assert.ok(ratio.value > 100 && ratio.interval?.kind === 'interval');
  assert.ok(judged.figures.some(({ published }) => /half a minute/.test(published ?? '')));
});

test('not supported: a whole interval refutes one of its parts, and that number is printed', () => {
  for (const [world, what, isRefuting] of [
    [{ reflinkPower: 0.5 }, /^reflink-checkout/, (value: number) => value < 0.8],
    [{ reflinkPower: 1.5 }, /^reflink-checkout/, (value: number) => value > 1.25],
    [{ linkPower: 0.3 }, /^hardlink-checkout/, (value: number) => value < 0.8],
    [{ mountPower: 0.6 }, /mount \+ unmount/, (value: number) => value > 0.2],
    [{ mountNs: 4e8, mountPower: 0 }, /^life of hardlink-checkout/, (value: number) => value <= 10],
  ] as const) {
    const judged = on(world);
    assert.ok(judged.verdict === 'not supported', JSON.stringify(world));
    assert.match(judged.decidedBy!.what, what);
    assert.ok(isRefuting(refutedBy(judged)), judged.decidedBy!.what);
  }
});

test('undecided: an interval contains a bound', () => {
  const judged = on({ linkPower: 0.8, noise: 0.2 });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /create \+ destroy of hardlink-checkout: exponent/);
});

test('undecided: another run may have its exponent on the other side of the bound', () => {
  assert.equal(on({ linkPower: 0.82 }).verdict, 'undecided');
  assert.equal(on({ linkPower: 0.78 }).verdict, 'undecided');
  assert.equal(on({ linkPower: 0.9 }).verdict, 'supported');
  assert.equal(on({ linkPower: 0.7 }).verdict, 'not supported');
});

test('measured too small: sizes below 20,000 files decide nothing', () => {
  const judged = verdictOn(claim, {
    images: [...images, { name: 'of-19999', fileCount: 19_999 }],
    groups: [140, 3000, 19_999].map((files) => scale(files, { linkPower: 0.2 })),
  });
  assert.ok(judged.verdict === 'undecided');
  assert.equal(judged.because, 'measured too small, 19,999 files: --profile full');
  assert.equal(judged.wouldDecide, 'cfsbench run --profile full');
});

test('two sizes give no exponent; a checkout without the large size is undecided', () => {
  assert.equal(on({}, [140, 45_000]).verdict, 'undecided');
  const groups = SIZES.map((files) => {
    const group = scale(files, {});
    const { 'reflink-checkout': reflink, ...rest } = group.time!;
    return { ...group, time: files === 45_000 ? rest : { ...rest, 'reflink-checkout': reflink! } };
  });
  const judged = verdictOn(claim, { images, groups });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /reflink-checkout/);
});

test('undecided: a backend of the claim failed in every slot', () => {
  for (const arm of ['reflink-checkout', 'composefs-fuse']) {
    const groups = SIZES.map((files) => {
      const group = scale(files, {});
      const { [arm]: _, ...time } = group.time!;
      return { ...group, time, failed: [arm] };
    });
    const judged = verdictOn(claim, { images, groups });
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, `no value of ${arm}: its slots failed`);
    const unplanned = groups.map(({ failed: _, ...group }) => group);
    assert.equal(verdictOn(claim, { images, groups: unplanned }).verdict, 'supported');
  }
});

test('missing: not testable if the run says why, else undecided with a command', () => {
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'hardlink-checkout',
      backend: 'hardlink-checkout',
      need: 'GNU tar',
      reason: 'not found',
    },
  ];
  assert.equal(verdictOn(claim, { groups: [], skipped }).verdict, 'not testable');
  const judged = verdictOn(claim, { groups: [] });
  assert.ok(judged.verdict === 'undecided' && /--profile full/.test(judged.wouldDecide));
});
