// The cumulative binomial distribution, summed in the logarithm so that thousands of trials do not underflow.

/** Calls `until` with k and P(X <= k) for k = 0, 1, … until it returns true; X of n trials with probability p, 0 < p < 1. */
const cumulate = (n: number, p: number, until: (k: number, below: number) => boolean): void => {
  const logOdds = Math.log(p) - Math.log1p(-p);
  let logTerm = n * Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let k = 0; k < n && !until(k, Math.min(1, sum)); k++) {
    logTerm += Math.log((n - k) / (k + 1)) + logOdds;
    sum += Math.exp(logTerm);
  }
};

/** P(X <= k) for X of n trials with probability p, 0 < p < 1. */
export const binomialBelow = (k: number, n: number, p: number): number => {
  if (k < 0) return 0;
  let result = 1;
  cumulate(n, p, (at, below) => {
    if (at === k) result = below;
    return at === k;
  });
  return result;
};

/** Smallest k with P(X <= k) > limit. */
export const binomialPast = (limit: number, n: number, p: number): number => {
  let result = n;
  cumulate(n, p, (at, below) => {
    if (below > limit) result = at;
    return below > limit;
  });
  return result;
};
