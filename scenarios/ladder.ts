// The ladder of arrival rates, how it is climbed, and the arrivals of one rung.
//
// The rates are powers of two, the same for every arm. A sustained rung implies all below it, so most are not tried.
import { seeded } from '../harness/model/random.ts';
import { FEWEST_FOR_P99 } from './percentiles.ts';

/** Lives per second. */
export const RATES: readonly number[] = Array.from({ length: 10 }, (_, i) => 8 * 2 ** i);
/** Every arm begins here, so that all have been tried at this rate. */
const FIRST = RATES.indexOf(32);
/** Length of a stride while rates are sustained; the rung between is tried last. */
const STRIDE = 2;

/** A rung lasts until it has enough lives for a p99, but no shorter and no longer than this. */
const LIVES_WANTED = FEWEST_FOR_P99;
const LEAST_SECONDS = 1;
const MOST_SECONDS = 2.5;
const MOST_DRAWN = 0xffffffff;

export const livesAt = (rate: number): number =>
  Math.round(rate * Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, LIVES_WANTED / rate)));

/**
 * The highest rung that passes, or -1 if none does. `passes` is called for as few rungs as possible: from the first one up in strides, or
 * down one by one.
 */
export const highestRung = async (passes: (rung: number) => Promise<boolean>): Promise<number> => {
  const top = RATES.length - 1;
  if (!(await passes(FIRST))) {
    for (let rung = FIRST - 1; rung >= 0; rung--) if (await passes(rung)) return rung;
    return -1;
  }
  let highest = FIRST;
  while (highest + STRIDE <= top && (await passes(highest + STRIDE))) highest += STRIDE;
  return highest < top && (await passes(highest + 1)) ? highest + 1 : highest;
};

/** When each life is due: exponential gaps, nanoseconds after the start. The same seed gives every arm the same arrivals. */
export const arrivals = (rate: number, count: number, seed: string): readonly number[] => {
  const random = seeded(seed);
  let dueNs = 0;
  return Array.from({ length: count }, () => {
    // Never 0: 32 bits are enough for gaps between a thousand arrivals.
    const uniform = (random.int(0, MOST_DRAWN) + 1) / (MOST_DRAWN + 1);
    dueNs += (-Math.log(uniform) / rate) * 1e9;
    return dueNs;
  });
};
