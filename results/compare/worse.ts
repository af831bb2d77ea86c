// Is a row of two arms worse beyond doubt, also among many rows and at several looks?
import type { Metric } from '../schema/run.ts';
import { numbersOf } from '../stats/log-ratio.ts';
import { signTestAbove, signTestBelow } from '../stats/sign-test.ts';
import { GATE_ALPHA } from './looks.ts';
import type { Versus } from './rows.ts';

/** One-sided p of being worse than the zone. */
export const pOfWorse = (better: Metric['better'], versus: Versus): number => {
  const logs = [...numbersOf(versus.logs)];
  return better === 'lower'
    ? signTestAbove(logs, Math.log(versus.zone.hi))
    : signTestBelow(logs, Math.log(versus.zone.lo));
};

/**
 * The largest p with which a slower row may end its group before the last look: the row is then red for any p of the other rows, since
 * Holm multiplies by the number of rows at most. Divided by the looks, too: each is a further chance of a false one.
 */
export const alphaAtLook = (rowCount: number, lookCount: number): number =>
  GATE_ALPHA / (Math.max(1, rowCount) * Math.max(1, lookCount));
