// A model of the noise of the machines that the project was measured on: from a true ratio to a journal.
//
// The sizes are measured: slots in one of two modes 10 to 40 % apart, which persist or change from slot to slot; drift of blocks
// (autocorrelation about 0.5); 5 % outliers up to a factor of three; runs that differ by 6 % as a whole and by 2 to 3 % per arm. Every
// factor has the median 1 in a ratio of two arms, so the true ratio of a world is the one that it was given.
import type { Uniform } from '../../results/stats/seeded.ts';

const RUN_SD = 0.06;
const ARM_SD = [0.02, 0.03] as const;
const MODE_GAP = [0.1, 0.4] as const;
const SLOT_SD = 0.02;
const DRIFT_SD = 0.05;
const OWN_DRIFT_SD = 0.015;
const RHO = 0.5;
const OUTLIER_SHARE = 0.05;
const OUTLIER_MOST = 3;
/** Steps of the chain of modes per block: about the slots of a block. */
const STEPS = 32;
/** Probability that a mode lasts another step: two blocks on average. */
const STAY = 1 - 1 / (2 * STEPS);

export const normal = (random: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export const within = (random: Uniform, [least, most]: readonly [number, number]): number =>
  least + (most - least) * random();

/** Constant over all runs of one machine. */
export interface MachineNoise {
  readonly modes: 'persistent' | 'independent';
  /** Natural logarithm of slow ÷ fast. */
  readonly gap: number;
  readonly armSd: number;
}

export const drawMachine = (random: Uniform): MachineNoise => ({
  modes: random() < 0.5 ? 'persistent' : 'independent',
  gap: Math.log(1 + within(random, MODE_GAP)),
  armSd: within(random, ARM_SD),
});

/** Values of an AR(1) process with this standard deviation. */
const drift = (random: Uniform, n: number, sd: number): Float64Array => {
  const values = new Float64Array(n);
  const fresh = sd * Math.sqrt(1 - RHO ** 2);
  for (let i = 0; i < n; i++)
    values[i] = i === 0 ? sd * normal(random) : RHO * values[i - 1]! + fresh * normal(random);
  return values;
};

const chain = (random: Uniform, steps: number): Uint8Array => {
  const modes = new Uint8Array(steps);
  let mode = random() < 0.5 ? 1 : 0;
  for (let i = 0; i < steps; i++) {
    if (random() >= STAY) mode = 1 - mode;
    modes[i] = mode;
  }
  return modes;
};

export interface RunNoise {
  readonly random: Uniform;
  readonly blocks: number;
  /** Factors of the slots of one arm in one group, one per block. */
  slots(): Float64Array;
}

export const drawRun = (random: Uniform, machine: MachineNoise, blocks: number): RunNoise => {
  const whole = RUN_SD * normal(random);
  const shared = drift(random, blocks, DRIFT_SD);
  const modes = machine.modes === 'persistent' ? chain(random, blocks * STEPS) : null;
  const slow = (block: number): number =>
    modes === null ? Number(random() < 0.5) : modes[block * STEPS + Math.floor(random() * STEPS)]!;
  return {
    random,
    blocks,
    slots() {
      const arm = machine.armSd * normal(random);
      const own = drift(random, blocks, OWN_DRIFT_SD);
      return own.map((ownDrift, block) => {
        const outlier = random() < OUTLIER_SHARE ? within(random, [1, OUTLIER_MOST]) : 1;
        const log = whole + arm + shared[block]! + ownDrift + SLOT_SD * normal(random);
        return Math.exp(log + machine.gap * slow(block)) * outlier;
      });
    },
  };
};

/** A series around `value`. */
export const noisy = (noise: RunNoise, value: number): readonly number[] =>
  Array.from(noise.slots(), (factor) => value * factor);
