// Repeatable randomness: a seed gives the same draws on every machine.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Uniform in [0, 1). */
export type Uniform = () => number;

export const seededUniform = (seed: number): Uniform => {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
};
