// Random moments of a run, over its whole duration.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../harness/model/random.ts';
import type { Running } from '../end-to-end/support.ts';

/** Duration of an undisturbed run: the latest that was seen, since a machine has busy hours. */
export interface RunLength {
  saw(ms: number): void;
  readonly ms: number;
}

export const openRunLength = (): RunLength => {
  let latestMs = 0;
  return {
    saw(ms) {
      latestMs = ms;
    },
    get ms() {
      return latestMs;
    },
  };
};

/** Uniform over the duration of a run. */
export const drawMoment = (random: Random, length: RunLength): number => random.int(0, Math.round(length.ms));

/** False if the run ends before the moment. */
export const reachMoment = async ({ child, done }: Running, momentMs: number): Promise<boolean> => {
  const abort = new AbortController();
  const reached = sleep(momentMs, true, { signal: abort.signal }).catch(() => false);
  const ended = done.then(() => false);
  await Promise.race([reached, ended]);
  abort.abort();
  return child.exitCode === null && child.signalCode === null;
};
