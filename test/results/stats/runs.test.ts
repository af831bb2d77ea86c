import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, zoneOf } from '../../../results/compare/verdict.ts';
import { type Interval, mapInterval } from '../../../results/stats/interval.ts';
import { LOOK_CONFIDENCE, median, medianInterval } from '../../../results/stats/median.ts';
import { intervalOver, levelOver, ratioOver } from '../../../results/stats/over-blocks.ts';
import { firstBlockOf } from '../../../results/stats/pooled-blocks.ts';
import type { Uniform } from '../../../results/stats/seeded.ts';
import { studentBound } from '../../../results/stats/student.ts';
import { normal, shareOf, uniform } from './draws.ts';

const RUNS = 5;
const BLOCKS = 8;

/** Log-ratios of the blocks of each run. */
type Drawn = readonly (readonly number[])[];

const together = (runs: Drawn): ReadonlyMap<number, number> =>
  new Map(runs.flatMap((own, run) => own.map((value, block) => [firstBlockOf(run + 1) + block, value])));

/** Each arm is in one of two modes, 8 % apart, and leaves it every fifth block; one block in twenty is 15 % longer. */
const armBlocks = (random: Uniform, n: number): readonly number[] => {
  let isSlow = random() < 0.5;
  return Array.from({ length: n }, () => {
    if (random() < 0.2) isSlow = !isSlow;
    return (isSlow ? 0.04 : -0.04) + 0.02 * normal(random) + (random() < 0.05 ? 0.14 : 0);
  });
};

interface World {
  /** Standard deviation of the effect of a run. */
  readonly runSd: number;
  readonly effect?: number;
  readonly runs?: number;
  /** Noise of one block of one arm; absent: two modes. */
  readonly blockSd?: number;
}

const drawn = (random: Uniform, { runSd, effect = 1, runs = RUNS, blockSd }: World): Drawn =>
  Array.from({ length: runs }, () => {
    const ofRun = Math.log(effect) + runSd * normal(random);
    const blocks = (): readonly number[] =>
      blockSd === undefined
        ? armBlocks(random, BLOCKS)
        : Array.from({ length: BLOCKS }, () => blockSd * normal(random));
    const [arm, base] = [blocks(), blocks()];
    return arm.map((value, block) => ofRun + value - base[block]!);
  });

const ratioOf = (runs: Drawn): Interval =>
  mapInterval(intervalOver(together(runs), LOOK_CONFIDENCE), Math.exp);
const covers = (interval: Interval, truth: number): boolean =>
  interval.kind === 'interval' && interval.lo <= truth && truth <= interval.hi;
const verdict = (ratio: Interval): string => judge(ratio, zoneOf(0.05, 0, 1e9), 'lower', null);
const isDifferent = (word: string): boolean => word === 'slower' || word === 'faster';

/** Naive: draws runs with replacement, blocks of each with replacement, and takes the mean of their medians. */
const naiveBootstrap = (runs: Drawn, random: Uniform, draws = 1000): readonly [lo: number, hi: number] => {
  const from = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const means = Array.from({ length: draws }, () => {
    const medians = runs.map(() => {
      const run = from(runs);
      return median(run.map(() => from(run)))!;
    });
    return medians.reduce((sum, one) => sum + one, 0) / runs.length;
  }).sort((a, b) => a - b);
  const tail = (1 - LOOK_CONFIDENCE) / 2;
  return [means[Math.floor(tail * (draws - 1))]!, means[Math.ceil((1 - tail) * (draws - 1))]!];
};

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

test('bounds of Student’s distribution agree with published tables', () => {
  const tables = [
    [1, 0.95, 12.706],
    [2, 0.99, 9.925],
    [4, 0.95, 2.776],
    [4, 0.99, 4.604],
    [9, 0.99, 3.25],
    [30, 0.95, 2.042],
  ] as const;
  for (const [df, confidence, bound] of tables)
    assert.ok(Math.abs(studentBound(df, confidence) - bound) < 6e-4, `${df} ${confidence}`);
});

test('A/A over five runs that differ by 6 %: at most one false row in a hundred', (t) => {
  const random = uniform(17);
  const rows = 2000;
  let covered = 0;
  const wrong = shareOf(rows, () => {
    const ratio = ratioOf(drawn(random, { runSd: 0.06 }));
    if (covers(ratio, 1)) covered++;
    return isDifferent(verdict(ratio));
  });
  t.diagnostic(`false rows ${percent(wrong)}, intervals that hold the truth ${percent(covered / rows)}`);
  assert.ok(wrong <= 0.01, percent(wrong));
  assert.ok(covered / rows >= LOOK_CONFIDENCE - 0.006, percent(covered / rows));
});

test('a single run calls identical arms different in many rows, and pooling blocks without their runs covers too rarely', (t) => {
  const random = uniform(17);
  const quiet = { runSd: 0.06, blockSd: 0.02 };
  const plain = (runs: Drawn): Interval =>
    mapInterval(medianInterval(runs.flat(), LOOK_CONFIDENCE), Math.exp);
  const single = shareOf(1000, () => isDifferent(verdict(plain(drawn(random, { ...quiet, runs: 1 })))));
  const heap = shareOf(1000, () => covers(plain(drawn(random, quiet)), 1));
  t.diagnostic(`single run: false ${percent(single)}; heap of five: holds the truth ${percent(heap)}`);
  assert.ok(single > 0.05, percent(single));
  assert.ok(heap < 0.95, percent(heap));
});

test('a bootstrap of runs alone covers less often than stated; the wider of both covers as stated', (t) => {
  for (const runs of [5, 10]) {
    const random = uniform(23);
    const rows = 300;
    let [naive, ours] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const one = drawn(random, { runSd: 0.06, runs, blockSd: 0.02 });
      const [lo, hi] = naiveBootstrap(one, random, 400);
      if (lo <= 0 && 0 <= hi) naive++;
      if (covers(ratioOf(one), 1)) ours++;
    }
    t.diagnostic(`${runs} runs: bootstrap ${percent(naive / rows)}, the wider ${percent(ours / rows)}`);
    if (runs === 5) assert.ok(naive / rows < LOOK_CONFIDENCE - 0.01, percent(naive / rows));
    assert.ok(ours / rows >= LOOK_CONFIDENCE - 0.015, percent(ours / rows));
  }
});

test('a difference of 15 % is found in most cases, and called slower with more runs', (t) => {
  const share = (runs: number, found: (ratio: Interval) => boolean): number => {
    const random = uniform(29);
    return shareOf(400, () =>
      found(ratioOf(drawn(random, { runSd: 0.06, effect: 1.15, runs, blockSd: 0.02 }))),
    );
  };
  const seen = (ratio: Interval): boolean => ratio.kind === 'interval' && ratio.lo > 1;
  const slower = (ratio: Interval): boolean => verdict(ratio) === 'slower';
  const [five, ten] = [share(5, seen), share(10, slower)];
  t.diagnostic(
    `no difference excluded: 5 runs ${percent(five)}, 10 runs ${percent(share(10, seen))}; beyond 5 %: 5 runs ${percent(share(5, slower))}, 10 runs ${percent(ten)}, 15 runs ${percent(share(15, slower))}`,
  );
  assert.ok(five > 0.6, percent(five));
  assert.ok(ten > 0.6, percent(ten));
});

test('for equal runs the pooled interval is close to the plain interval over all blocks', (t) => {
  const random = uniform(31);
  const widths: number[] = [];
  const apart: number[] = [];
  const runSds: number[] = [];
  for (let row = 0; row < 300; row++) {
    const one = drawn(random, { runSd: 0, blockSd: 0.03 });
    const [pooled, plain] = [
      intervalOver(together(one), LOOK_CONFIDENCE),
      medianInterval(one.flat(), LOOK_CONFIDENCE),
    ];
    assert.ok(pooled.kind === 'interval' && plain.kind === 'interval');
    widths.push((pooled.hi - pooled.lo) / (plain.hi - plain.lo));
    apart.push(Math.abs(pooled.center - plain.center));
    runSds.push(pooled.runs!.sd);
  }
  const [width, center, sd] = [median(widths)!, median(apart)!, median(runSds)!];
  t.diagnostic(`${width.toFixed(2)} times as wide, centres ${percent(center)} apart, run sd ${percent(sd)}`);
  assert.ok(width > 0.8 && width < 2.2, `${width}`);
  assert.ok(center < 0.01 && sd < 0.01, `${center} ${sd}`);
});

test('the spread between runs is recovered', (t) => {
  const random = uniform(37);
  const found = Array.from({ length: 300 }, () => {
    const ratio = ratioOf(drawn(random, { runSd: 0.06, blockSd: 0.02 }));
    return ratio.kind === 'interval' ? ratio.runs!.sd : Number.NaN;
  });
  t.diagnostic(`median ${percent(median(found)!)}`);
  assert.ok(Math.abs(median(found)! - 0.055) < 0.01, `${median(found)}`);
});

test('draws from the table agree with naive draws', () => {
  const random = uniform(41);
  // Enough runs for the bootstrap to be wider than Student’s interval.
  for (let row = 0; row < 4; row++) {
    const one = drawn(random, { runSd: 0, runs: 16, blockSd: 0.1 });
    const interval = intervalOver(together(one), LOOK_CONFIDENCE);
    const [lo, hi] = naiveBootstrap(one, random, 8000);
    assert.ok(interval.kind === 'interval');
    const width = hi - lo;
    assert.ok(
      Math.abs(interval.hi - interval.lo - width) < 0.25 * width,
      `${interval.lo} ${lo} ${interval.hi} ${hi}`,
    );
  }
});

test('the order of runs and blocks does not change a digit', () => {
  const random = uniform(43);
  for (let row = 0; row < 50; row++) {
    const one = drawn(random, { runSd: 0.06 });
    const shuffled = [one[3]!, one[0]!, one[4]!, one[2]!, one[1]!].map((run) => [...run].reverse());
    assert.deepEqual(ratioOf(shuffled), ratioOf(one));
  }
});

test('one or two runs have no interval over runs; three have a wide one', () => {
  const random = uniform(47);
  const [first, second, third] = drawn(random, { runSd: 0.02, blockSd: 0.01 });
  assert.deepEqual(ratioOf([first!]), { kind: 'tooFew', n: 1, needed: 3, of: 'runs' });
  assert.deepEqual(ratioOf([first!, second!]), { kind: 'tooFew', n: 2, needed: 3, of: 'runs' });
  const three = ratioOf([first!, second!, third!]);
  assert.ok(three.kind === 'interval' && three.runs!.count === 3 && three.hi / three.lo > 1.1);
});

test('a run counts once, whatever its number of blocks', () => {
  const many = together([Array(400).fill(0), [0.1], [0.1]]);
  const interval = intervalOver(many, LOOK_CONFIDENCE);
  assert.ok(interval.kind === 'interval' && Math.abs(interval.center - 0.2 / 3) < 1e-12);
});

test('ratios and levels of several runs stay above zero', () => {
  const times = (factor: number): ReadonlyMap<number, number> =>
    new Map(
      [
        ...together([
          [1, 2],
          [40, 50],
          [900, 800],
        ]),
      ].map(([block, value]) => [block, factor * value]),
    );
  for (const interval of [
    levelOver(times(1), LOOK_CONFIDENCE),
    ratioOver(times(3), times(1), LOOK_CONFIDENCE),
  ])
    assert.ok(interval.kind === 'interval' && interval.lo > 0);
  const ratio = ratioOver(times(3), times(1), LOOK_CONFIDENCE);
  assert.ok(ratio.kind === 'interval' && Math.abs(ratio.center - 3) < 1e-12);
});
