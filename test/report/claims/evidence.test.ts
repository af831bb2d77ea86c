import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, evidenceOf } from '../../../report/claims/evidence.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { Interval } from '../../../results/stats/interval.ts';
import { made } from './journal.ts';

const BLOCKS = [3, 1, 4, 15, 9, 2, 6, 5];
const evidence = (): Evidence => {
  const { run, samples } = made({
    groups: [
      {
        scenario: 'walk-warm',
        time: {
          'erofs-overlay': { walkWallNs: BLOCKS },
          'unpacked-overlay': { walkWallNs: BLOCKS.map((value, i) => (2 + i / 100) * value) },
        },
      },
    ],
  });
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return evidenceOf(run, tally.finish());
};

const ends = (interval: Interval): readonly number[] => {
  assert.ok(interval.kind === 'interval');
  return [interval.lo, interval.center, interval.hi].map((value) => Math.round(1e6 * value) / 1e6);
};

test('the smallest and the largest of eight blocks enclose the median; fewer blocks are too few', () => {
  const of = evidence();
  const [group] = of.groups({ scenario: 'walk-warm' });
  const values = of.values(group!, 'erofs-overlay', 'walkWallNs');
  assert.deepEqual(ends(of.interval(values)), [1, 4.5, 15]);
  assert.deepEqual(of.median(group!, 'erofs-overlay', 'walkWallNs'), of.interval(values));
  const fewer = of.interval(new Map([...values].slice(1)));
  assert.deepEqual([fewer.kind, fewer.n], ['tooFew', 7]);
});

test('ratios are taken block by block; the median of an even number is geometric', () => {
  const of = evidence();
  const [group] = of.groups({ scenario: 'walk-warm' });
  const [arm, base] = ['unpacked-overlay', 'erofs-overlay'].map((id) => of.values(group!, id, 'walkWallNs'));
  // Both ends are widened by the allowance for one run.
  assert.deepEqual(ends(of.ratioOf(arm!, base!)), [
    Number((2 / 1.07).toFixed(6)),
    Number(Math.sqrt(2.03 * 2.04).toFixed(6)),
    Number((2.07 * 1.07).toFixed(6)),
  ]);
  assert.deepEqual(
    of.ratio(group!, 'unpacked-overlay', 'erofs-overlay', 'walkWallNs'),
    of.ratioOf(arm!, base!),
  );
});
