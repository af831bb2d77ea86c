import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interval } from '../../../results/stats/interval.ts';
import { linesByBlock, powersByBlock } from '../../../results/stats/lines.ts';
import { LOOK_CONFIDENCE, medianInterval } from '../../../results/stats/median.ts';
import { intervalOver } from '../../../results/stats/over-blocks.ts';
import type { Uniform } from '../../../results/stats/seeded.ts';
import { distributions, normal, shareOf, uniform } from './draws.ts';

const RUNS = 2000;
/** Three standard errors of a share of 2000. */
const SLACK = 0.015;

const covers = (interval: Interval, truth: number): boolean =>
  interval.kind === 'interval' && interval.lo <= truth && truth <= interval.hi;

const sample = (n: number, draw: (random: Uniform) => number, random: Uniform): number[] =>
  Array.from({ length: n }, () => draw(random));

for (const { name, median, draw } of distributions)
  for (const n of [8, 12, 24])
    test(`the order-statistic interval covers the median of ${n} ${name} values with its stated confidence`, (t) => {
      const random = uniform(n);
      const share = shareOf(RUNS, () =>
        covers(medianInterval(sample(n, draw, random), LOOK_CONFIDENCE), median),
      );
      t.diagnostic(`${(100 * share).toFixed(1)} %`);
      assert.ok(share >= LOOK_CONFIDENCE - SLACK, `${share}`);
    });

test('intervals of slopes and exponents cover the truth with their stated confidence', (t) => {
  const random = uniform(9);
  const sizes = [100, 300, 1000, 3000];
  const byBlock = (cost: (files: number) => number): ReadonlyMap<number, number>[] =>
    sizes.map((files) => new Map(Array.from({ length: 8 }, (_, block) => [block, cost(files)])));
  const slopes = shareOf(RUNS, () => {
    const lines = linesByBlock(
      sizes,
      byBlock((files) => 50 + 2 * files + 30 * normal(random)),
    );
    return covers(
      medianInterval(
        [...lines.values()].map(({ slope }) => slope),
        LOOK_CONFIDENCE,
      ),
      2,
    );
  });
  const exponents = shareOf(RUNS, () => {
    const powers = powersByBlock(
      sizes,
      byBlock((files) => 3 * files ** 1.2 * Math.exp(0.1 * normal(random))),
    );
    return covers(intervalOver(powers, LOOK_CONFIDENCE), 1.2);
  });
  t.diagnostic(`slope ${(100 * slopes).toFixed(1)} %, exponent ${(100 * exponents).toFixed(1)} %`);
  assert.ok(Math.min(slopes, exponents) >= LOOK_CONFIDENCE - SLACK);
});
