// The result of an estimate. Too few values is a result, not an exception.

interface Spread {
  readonly count: number;
  readonly sd: number;
}

export type Interval =
  | {
      readonly kind: 'interval';
      readonly center: number;
      readonly lo: number;
      readonly hi: number;
      /** The confidence reached, at least the requested one. */
      readonly confidence: number;
      readonly n: number;
      /** Of a pool. `sd`: the spread between runs beyond that of their blocks; a logarithm for ratios, so that 0.02 is 2 %. */
      readonly runs?: Spread;
      /** Of a pool over several machines: the spread between machines beyond that of their runs. */
      readonly machines?: Spread;
    }
  | {
      readonly kind: 'tooFew';
      readonly n: number;
      readonly needed: number;
      /** The unit of `n`; absent: blocks. */
      readonly of?: 'runs';
    };

/** An upper bound of a quantile: the true quantile is below it with this confidence. */
export type Bound =
  | { readonly kind: 'bound'; readonly value: number; readonly confidence: number; readonly n: number }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number };

export const mapInterval = (interval: Interval, change: (value: number) => number): Interval =>
  interval.kind === 'tooFew'
    ? interval
    : { ...interval, center: change(interval.center), lo: change(interval.lo), hi: change(interval.hi) };
