import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combine } from '../../../results/compare/combine.ts';
import { type Cell, type Row, rowOf } from '../../../results/compare/rows.ts';
import { type GroupData, startTally } from '../../../results/compare/tally.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { firstBlockOf } from '../../../results/stats/pooled-blocks.ts';
import { ARMS, BASELINE, exampleRun } from '../../report/support/example.ts';

const { run, samples } = exampleRun();
const design = { catalogue: run.catalogue, baseline: BASELINE };

const groupsOf = (of: readonly Sample[]): readonly GroupData[] => {
  const tally = startTally();
  for (const sample of of) tally.add(sample);
  return tally.finish().groups;
};

const churn = (of: readonly Sample[], store: string, image = 'debian-12-base'): GroupData =>
  groupsOf(of).find(
    ({ group }) => group.scenario === 'churn' && group.params['store'] === store && group.image === image,
  )!;

const cell = (row: Row | null, arm: string): Cell => row!.cells.find((candidate) => candidate.arm === arm)!;

/** Naive, from the samples. */
const naiveRatio = (metric: string, arm: string, image: string): number => {
  const value = (block: number, of: string): number => {
    const found = samples.find(
      (sample) =>
        sample.pass === 'time' &&
        sample.scenario === 'churn' &&
        sample.params['store'] === 'empty' &&
        sample.image === image &&
        sample.arm === of &&
        sample.block === block,
    );
    return found?.outcome === 'ok' ? found.values[metric]! : Number.NaN;
  };
  const logs = Array.from({ length: 8 }, (_, block) =>
    Math.log(value(block, arm) / value(block, BASELINE)),
  ).sort((a, b) => a - b);
  return Math.exp((logs[3]! + logs[4]!) / 2);
};

test('every ratio equals a naive calculation', () => {
  const data = churn(samples, 'empty');
  for (const metric of ['mountWallNs', 'createWallNs', 'imagesPerSecond'])
    for (const arm of ARMS.filter((id) => id !== BASELINE)) {
      const { versus } = cell(rowOf(data, metric, design), arm);
      assert.ok(versus?.ratio.kind === 'interval');
      assert.ok(Math.abs(versus.ratio.center - naiveRatio(metric, arm, 'debian-12-base')) < 1e-12);
    }
});

test('large differences are decided, the null arm is not', () => {
  const data = churn(samples, 'empty');
  const verdict = (metric: string, arm: string) => cell(rowOf(data, metric, design), arm).versus?.verdict;
  assert.equal(verdict('mountWallNs', 'composefs-fuse'), 'slower');
  assert.equal(verdict('imagesPerSecond', 'unpacked-overlay'), 'slower');
  assert.notEqual(verdict('imagesPerSecond', 'null'), 'slower');
  assert.notEqual(verdict('imagesPerSecond', 'null'), 'faster');
});

test('a block without the baseline does not count, and seven blocks are too few', () => {
  const without = samples.filter(
    ({ arm, block, pass }) => !(pass === 'time' && arm === BASELINE && block === 3),
  );
  const { versus } = cell(rowOf(churn(without, 'empty'), 'mountWallNs', design), 'composefs-fuse');
  assert.equal(versus?.pairs, 7);
  assert.equal(versus?.verdict, 'tooFew');
});

test('a zero on either side in any block forbids the ratio; values are still shown', () => {
  const zeroed = (arm: string, isZero: (block: number) => boolean): Cell => {
    const changed = samples.map((sample) =>
      sample.outcome === 'ok' && sample.arm === arm && isZero(sample.block)
        ? { ...sample, values: { ...sample.values, mountWallNs: 0 } }
        : sample,
    );
    return cell(rowOf(churn(changed, 'empty'), 'mountWallNs', design), 'composefs-fuse');
  };
  assert.notEqual(zeroed('unpacked-overlay', () => true).versus, null);
  for (const arm of ['composefs-fuse', BASELINE]) {
    assert.equal(zeroed(arm, () => true).versus, null);
    assert.equal(zeroed(arm, (block) => block === 3).versus, null);
  }
  assert.equal(zeroed('composefs-fuse', () => true).median, 0);
});

test('an arm without calls in a phase is idle and has no ratio; settle is never idle', () => {
  const data = churn(samples, 'empty');
  const ingest = cell(rowOf(data, 'ingestWallNs', design), 'unpacked-overlay');
  assert.equal(ingest.idle, true);
  assert.equal(ingest.versus, null);
  assert.equal(cell(rowOf(data, 'settleWallNs', design), BASELINE).idle, false);
  assert.equal(cell(rowOf(data, 'createWallNs', design), 'unpacked-overlay').idle, false);
});

test('the floor is 20 us, also where both sides start a command', () => {
  const data = churn(samples, 'empty');
  for (const metric of ['useWallNs', 'mountWallNs', 'settleWallNs']) {
    const row = rowOf(data, metric, design)!;
    const baseline = cell(row, BASELINE).median!;
    const { zone } = cell(row, 'composefs-fuse').versus!;
    assert.equal(zone.hi, Math.max(1.05, 1 + 20_000 / baseline), metric);
  }
});

test('images are combined block by block by the median of their log-ratios', () => {
  const rows = ['debian-12-base', 'debian-12-python'].map(
    (image) => rowOf(churn(samples, 'empty', image), 'createWallNs', design)!,
  );
  const combined = combine(rows, 'lower').find(({ arm }) => arm === 'unpacked-overlay')!;
  assert.equal(combined.verdict, 'slower');
  const [first, second] = rows.map((row) => cell(row, 'unpacked-overlay').versus!.logs);
  const perBlock = [...first!.keys()]
    .map((block) => (first!.get(block)! + second!.get(block)!) / 2)
    .sort((a, b) => a - b);
  assert.ok(combined.ratio.kind === 'interval');
  assert.ok(Math.abs(combined.ratio.center - Math.exp((perBlock[3]! + perBlock[4]!) / 2)) < 1e-9);
});

test('a block that is missing on one image is left out of the combination', () => {
  const without = samples.filter(
    ({ arm, block, pass, image }) =>
      !(pass === 'time' && arm === 'unpacked-overlay' && block === 3 && image === 'debian-12-python'),
  );
  const rows = ['debian-12-base', 'debian-12-python'].map(
    (image) => rowOf(churn(without, 'empty', image), 'createWallNs', design)!,
  );
  assert.deepEqual(combine(rows, 'lower').find(({ arm }) => arm === 'unpacked-overlay')?.ratio, {
    kind: 'tooFew',
    n: 7,
    needed: 8,
  });
});

test('two identical arms are rarely called different in simulations', () => {
  let wrong = 0;
  const seeds = 60;
  for (let seed = 1; seed <= seeds; seed++) {
    const example = exampleRun({ seed, images: ['one'], countPasses: 0 });
    const data = groupsOf(example.samples).find(({ group }) => group.scenario === 'walk-cold')!;
    const verdict = cell(rowOf(data, 'walkWallNs', design), 'null').versus?.verdict;
    if (verdict === 'faster' || verdict === 'slower') wrong++;
  }
  assert.ok(wrong <= 1, `${wrong} of ${seeds}`);
});

test('in an idle phase neither CPU time nor time per object is judged', () => {
  const more = samples.map((sample) =>
    sample.outcome === 'ok' && sample.pass === 'time' && sample.scenario === 'churn'
      ? {
          ...sample,
          values: { ...sample.values, ingestPerObjectNs: 5, ingestCpuNs: 7, createCpuNs: 1e6 },
        }
      : sample,
  );
  const data = churn(more, 'empty');
  for (const metric of ['ingestUserNs', 'ingestPerObjectNs', 'ingestCpuNs']) {
    const unpacked = cell(rowOf(data, metric, design), 'unpacked-overlay');
    assert.deepEqual([unpacked.idle, unpacked.versus], [true, null], metric);
  }
  assert.notEqual(cell(rowOf(data, 'createCpuNs', design), 'unpacked-overlay').versus, null);
});

test('a metric that is not judged has values and no verdict, also if only the scenario declares it', () => {
  const churnInfo = run.catalogue.scenarios['churn']!;
  const own = {
    imagesPerSecond: { title: 'ours', better: 'higher', noise: 'noisy', judged: false },
  } as const;
  const scenarios = { ...run.catalogue.scenarios, churn: { ...churnInfo, metrics: own } };
  const row = rowOf(churn(samples, 'empty'), 'imagesPerSecond', {
    ...design,
    catalogue: { ...run.catalogue, scenarios },
  });
  assert.equal(row!.info.title, 'ours');
  assert.ok(row!.cells.every(({ median, versus }) => median > 0 && versus === null));
});

test('a rate below the ladder in any block forbids the ratio, and half of the blocks below are the value', () => {
  const ladder = (isBelow: (arm: string, block: number) => boolean) => {
    const lives = samples.map((sample) =>
      sample.outcome !== 'ok' || sample.scenario !== 'walk-cold' || sample.pass !== 'time'
        ? sample
        : {
            ...sample,
            values: isBelow(sample.arm, sample.block)
              ? { below50MsCount: 1 }
              : { below50MsCount: 0, sustained50MsPerSecond: 512 },
          },
    );
    const walk = groupsOf(lives).find(({ group }) => group.scenario === 'walk-cold')!;
    const row = rowOf(walk, 'sustained50MsPerSecond', design);
    return (arm: string): Cell => cell(row, arm);
  };
  const half = ladder((arm, block) => arm === 'composefs-fuse' && block % 2 === 0);
  assert.deepEqual(
    [half('composefs-fuse').versus, half('composefs-fuse').median, half('composefs-fuse').n],
    [null, 0, 8],
  );
  assert.equal(half('unpacked-overlay').versus?.verdict, 'same');
  const one = ladder((arm, block) => arm === 'composefs-fuse' && block === 3);
  assert.deepEqual([one('composefs-fuse').versus, one('composefs-fuse').median], [null, 512]);
  const all = ladder((arm) => arm === 'composefs-fuse');
  assert.deepEqual([all('composefs-fuse').versus, all('composefs-fuse').median], [null, 0]);
  assert.equal(ladder((arm) => arm === BASELINE)('unpacked-overlay').versus, null);
});

test('in a pool the noise is the ratio of the null arm over the runs that the report prints', () => {
  const pooled = (base: number, ofRun: (run: number) => number) =>
    new Map(
      [1, 2, 3, 4, 5].flatMap((run) =>
        Array.from({ length: 8 }, (_, block) => [firstBlockOf(run) + block, base * ofRun(run)] as const),
      ),
    );
  const rowOfPool = (noisyRuns: number): Row => {
    const walkWallNs = new Map([
      [BASELINE, pooled(1e8, () => 1)],
      ['composefs-fuse', pooled(1e8, () => 1.083)],
      ['null', pooled(1e8, (run) => (run <= noisyRuns ? 1.35 : 1))],
    ]);
    const walk = groupsOf(samples).find(({ group }) => group.scenario === 'walk-cold')!;
    return rowOf({ ...walk, time: new Map([['walkWallNs', walkWallNs]]) }, 'walkWallNs', design)!;
  };
  const verdicts = (noisyRuns: number): readonly unknown[] => {
    const row = rowOfPool(noisyRuns);
    const combined = combine([row, row], 'lower').find(({ arm }) => arm === 'composefs-fuse');
    return [cell(row, 'composefs-fuse').versus?.verdict, combined?.verdict];
  };
  const printed = cell(rowOfPool(2), 'null').versus?.ratio;
  assert.ok(printed?.kind === 'interval' && printed.center.toFixed(3) === '1.128');
  assert.deepEqual(verdicts(0), ['slower', 'slower']);
  assert.deepEqual(verdicts(2), ['undecided', 'undecided']);
});
