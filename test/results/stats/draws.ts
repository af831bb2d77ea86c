// Seeded values of known distributions: what the simulations draw from.
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
  // Two humps of unlike weight: the median lies in the heavier one, at the 5/6 point of it.
  {
    name: 'bimodal',
    median: 0.9674215661,
    draw: (random) => (random() < 0.6 ? normal(random) : 20 + normal(random)),
  },
];

/** Share of `runs` in which `covers` says yes. */
export const shareOf = (runs: number, covers: (run: number) => boolean): number => {
  let yes = 0;
  for (let run = 0; run < runs; run++) if (covers(run)) yes++;
  return yes / runs;
};
