import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectableAbove, detectableBelow } from '../../../results/stats/detectable.ts';
import { LOOK_CONFIDENCE, medianInterval } from '../../../results/stats/median.ts';
import { seededUniform } from '../../../results/stats/seeded.ts';
import { distributions, shareOf } from './draws.ts';

const BOUND = Math.log(1.05);
const options = { bound: BOUND, confidence: LOOK_CONFIDENCE };

test('with too few blocks there is no smallest effect; without noise it is the bound itself', () => {
  assert.equal(detectableAbove([0, 0, 0], options), null);
  assert.equal(
    detectableAbove(
      Array.from({ length: 12 }, () => 0.3),
      options,
    ),
    BOUND,
  );
});

test('the smallest effect agrees with drawing with replacement', () => {
  const random = seededUniform(7);
  const values = Array.from({ length: 12 }, () => random() - 0.5);
  const center = medianInterval(values, LOOK_CONFIDENCE);
  assert.equal(center.kind, 'interval');
  const lows = Array.from({ length: 4000 }, () => {
    const drawn = values.map(() => values[Math.floor(random() * values.length)]!);
    const interval = medianInterval(drawn, LOOK_CONFIDENCE);
    return interval.kind === 'interval' && center.kind === 'interval'
      ? interval.lo - center.center
      : Number.NaN;
  }).sort((a, b) => a - b);
  const found = detectableAbove(values, options)!;
  const beyond = lows.filter((low) => found + low >= BOUND).length / lows.length;
  assert.ok(beyond >= 0.89, `${beyond}`);
  const next = lows.filter((low) => found - 0.005 + low >= BOUND).length / lows.length;
  assert.ok(next < 0.91 && next < beyond, `${next}`);
});

test('the smallest effect is shown in about three of four runs, half of it in far fewer', (t) => {
  const random = seededUniform(20230301);
  for (const { name, median, draw } of distributions) {
    const sample = () => Array.from({ length: 24 }, () => 0.03 * (draw(random) - median));
    const shows = (shift: number): boolean => {
      const interval = medianInterval(
        sample().map((value) => value + shift),
        LOOK_CONFIDENCE,
      );
      return interval.kind === 'interval' && interval.lo > BOUND;
    };
    const shown = (share: number) => shareOf(400, () => shows(share * detectableAbove(sample(), options)!));
    const [whole, half] = [shown(1), shown(0.5)];
    t.diagnostic(`${name}: ${(100 * whole).toFixed(0)} %, half of it ${(100 * half).toFixed(0)} %`);
    assert.ok(whole > 0.65 && whole < 0.97, `${name}: ${whole}`);
    assert.ok(half < whole * 0.6, `${name}: ${half}`);
  }
});

test('the smallest effect below 1 mirrors the one above 1', () => {
  const values = [-0.02, 0.01, 0.03, 0, -0.01, 0.02, 0.005, -0.03, 0.015, 0.04];
  const up = detectableAbove(
    values.map((value) => -value),
    options,
  )!;
  assert.equal(detectableBelow(values, { ...options, bound: -BOUND }), -up);
});
