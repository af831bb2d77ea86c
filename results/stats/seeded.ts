// Randomness that can be repeated: the same seed gives the same draws on every machine.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Uniform } from './bootstrap.ts';

export const seededUniform = (seed: number): Uniform => {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
};
