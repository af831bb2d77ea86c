// Cost against size: a line (a start and so much for each file), and a power law whose exponent says how cost grows. Intervals
// are bootstrapped over the cases, each size by itself so that none gets lost.
//
// Source: Efron and Tibshirani, An Introduction to the Bootstrap, section 9.5 (bootstrapping pairs).
import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import type { Uniform } from './bootstrap.ts';
import type { Interval } from './interval.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Fit =
  | {
      readonly kind: 'fit';
      /** `linear`: y = a + b x. `power`: y = a x^b. */
      readonly law: 'linear' | 'power';
      readonly a: Interval;
      readonly b: Interval;
      /** On the scale of the fit: of logarithms for a power law. */
      readonly rSquared: number;
    }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number };

const FEWEST_SIZES = 3;
const DRAWS = 500;

export interface FitOptions {
  readonly confidence: number;
  readonly random: Uniform;
}

const quantile = (sorted: Float64Array, p: number): number => sorted[Math.round(p * (sorted.length - 1))]!;

const intervalOf = (center: number, drawn: readonly number[], confidence: number, n: number): Interval => {
  const sorted = Float64Array.from(drawn).sort();
  const tail = (1 - confidence) / 2;
  return {
    kind: 'interval',
    center,
    lo: quantile(sorted, tail),
    hi: quantile(sorted, 1 - tail),
    confidence,
    n,
  };
};

const line = (points: readonly Point[]): { readonly m: number; readonly b: number } =>
  linearRegression(points.map(({ x, y }) => [x, y]));

const fitLine = (
  points: readonly Point[],
  law: 'linear' | 'power',
  { confidence, random }: FitOptions,
): Fit => {
  const sizes = new Map<number, Point[]>();
  for (const point of points) sizes.set(point.x, [...(sizes.get(point.x) ?? []), point]);
  if (sizes.size < FEWEST_SIZES) return { kind: 'tooFew', n: sizes.size, needed: FEWEST_SIZES };
  const draw = (of: readonly Point[]): Point[] => of.map(() => of[Math.floor(random() * of.length)]!);
  const drawn = Array.from({ length: DRAWS }, () => line([...sizes.values()].flatMap(draw)));
  const start = (b: number): number => (law === 'power' ? Math.exp(b) : b);
  const found = line(points);
  const interval = (center: number, values: readonly number[]): Interval =>
    intervalOf(center, values, confidence, points.length);
  return {
    kind: 'fit',
    law,
    a: interval(
      start(found.b),
      drawn.map(({ b }) => start(b)),
    ),
    b: interval(
      found.m,
      drawn.map(({ m }) => m),
    ),
    rSquared: rSquared(
      points.map(({ x, y }) => [x, y]),
      linearRegressionLine({ m: found.m, b: found.b }),
    ),
  };
};

export const linearFit = (points: readonly Point[], options: FitOptions): Fit =>
  fitLine(points, 'linear', options);

/** Points with a size or a cost of zero or less have no place on a logarithmic scale and are left out. */
export const powerFit = (points: readonly Point[], options: FitOptions): Fit =>
  fitLine(
    points.filter(({ x, y }) => x > 0 && y > 0).map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) })),
    'power',
    options,
  );
