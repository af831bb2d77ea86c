// The outcome of an estimate. Too few samples is a result, not an exception and not infinity.

export type Interval =
  | {
      readonly kind: 'interval';
      readonly center: number;
      readonly lo: number;
      readonly hi: number;
      /** Reached, at least what was asked for. */
      readonly confidence: number;
      readonly n: number;
      /**
       * Of several runs put together. `sd`: how far runs lie apart beyond what their blocks explain, in the unit in which the
       * interval was made: of ratios the logarithm, so that 0.02 is 2 %.
       */
      readonly runs?: { readonly count: number; readonly sd: number };
    }
  | {
      readonly kind: 'tooFew';
      readonly n: number;
      readonly needed: number;
      /** Of what there are too few; absent: blocks. */
      readonly of?: 'runs';
    };

/** An upper bound of a quantile: the truth lies below it with this confidence. */
export type Bound =
  | { readonly kind: 'bound'; readonly value: number; readonly confidence: number; readonly n: number }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number };

export const mapInterval = (interval: Interval, change: (value: number) => number): Interval =>
  interval.kind === 'tooFew'
    ? interval
    : { ...interval, center: change(interval.center), lo: change(interval.lo), hi: change(interval.hi) };
