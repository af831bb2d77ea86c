// Holm's step-down correction: keeps the probability of any false rejection among many rows below the level.
//
// Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).

/** Adjusted p-values in the order of the input; reject those at or below the level. */
export const holm = (ps: readonly number[]): readonly number[] => {
  const order = ps.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let largest = 0;
  order.forEach(({ p, at }, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * p));
    adjusted[at] = largest;
  });
  return adjusted;
};
