import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUniform } from '../../results/stats/seeded.ts';
import { type Reading, slopeOf } from './slope.ts';

const READINGS = 240;
const STEP_SECONDS = 5;
const KEPT = 0.8;

/** Each reading keeps most of the deviation of the one before it, as the memory of a garbage collector does. */
const seriesOf = (perSecond: number, seed: number): readonly Reading[] => {
  const uniform = seededUniform(seed);
  let deviation = 0;
  return Array.from({ length: READINGS }, (_, i): Reading => {
    deviation = KEPT * deviation + uniform() - 0.5;
    return [i * STEP_SECONDS, 100 + perSecond * i * STEP_SECONDS + deviation];
  });
};

test('the interval of a series without a slope contains zero, and that of one with a slope does not', () => {
  const SERIES = 30;
  let [flat, rising] = [0, 0];
  for (let seed = 0; seed < SERIES; seed++) {
    const none = slopeOf(seriesOf(0, seed), seededUniform(seed));
    if (none.low <= 0 && none.high >= 0) flat++;
    const some = slopeOf(seriesOf(0.01, seed), seededUniform(seed));
    if (some.low > 0 && some.low <= 0.01 && some.high >= 0.01) rising++;
  }
  assert.ok(flat >= 0.9 * SERIES, `${flat} of ${SERIES} flat series have an interval with zero`);
  assert.ok(rising >= 0.9 * SERIES, `${rising} of ${SERIES} rising series have an interval with their slope`);
});
