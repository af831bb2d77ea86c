// Seeded values of known distributions for simulations.
import { seededUniform, type Uniform } from '../../../results/stats/seeded.ts';

export const uniform = seededUniform;

export const normal = (random: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export interface Distribution {
  readonly name: string;
  readonly median: number;
  readonly draw: (random: Uniform) => number;
}

export const distributions: readonly Distribution[] = [
  { name: 'normal', median: 3, draw: (random) => 3 + normal(random) },
  { name: 'lognormal', median: 1, draw: (random) => Math.exp(normal(random)) },
  // Two modes of different weight: the median is the 5/6 quantile of the heavier one.
  {
    name: 'bimodal',
    median: 0.9674215661,
    draw: (random) => (random() < 0.6 ? normal(random) : 20 + normal(random)),
  },
];

/** Share of `runs` in which `covers` returns true. */
export const shareOf = (runs: number, covers: (run: number) => boolean): number => {
  let yes = 0;
  for (let run = 0; run < runs; run++) if (covers(run)) yes++;
  return yes / runs;
};
