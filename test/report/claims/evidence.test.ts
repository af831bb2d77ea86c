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

test('of eight blocks the least and the most enclose the middle: no fewer would at the confidence of a look', () => {
  const of = evidence();
  const [group] = of.groups({ scenario: 'walk-warm' });
  const values = of.values(group!, 'erofs-overlay', 'walkWallNs');
  assert.deepEqual(ends(of.interval(values)), [1, 4.5, 15]);
  assert.deepEqual(of.median(group!, 'erofs-overlay', 'walkWallNs'), of.interval(values));
  const fewer = of.interval(new Map([...values].slice(1)));
  assert.deepEqual([fewer.kind, fewer.n], ['tooFew', 7]);
});

test('ratios are of blocks, whether asked by arm or by values, and their middle of an even number is geometric', () => {
  const of = evidence();
  const [group] = of.groups({ scenario: 'walk-warm' });
  const [arm, base] = ['unpacked-overlay', 'erofs-overlay'].map((id) => of.values(group!, id, 'walkWallNs'));
  // Both ends are further out by what another run may differ by.
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
