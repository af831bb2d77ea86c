// Quantiles of Student's t distribution with a whole number of degrees of freedom.
//
// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 (the distribution as a finite sum).
import { remembered } from './remembered.ts';

/** P(|T| <= t). */
const within = (t: number, df: number): number => {
  const theta = Math.atan(t / Math.sqrt(df));
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const isOdd = df % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < df; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
};

/** P(|T| >= t); exact to 1e-13. */
export const studentBeyond = (t: number, df: number): number => Math.max(0, 1 - within(Math.max(0, t), df));

const FAR = 1e9;

/** The t with P(|T| <= t) = `confidence`. */
export const studentBound = remembered((df: number, confidence: number): number => {
  let [low, high] = [0, FAR];
  // Bisection in the logarithm of 1 + t: with one degree of freedom t can exceed 1,000.
  while (high - low > 1e-10 * (1 + low)) {
    const middle = Math.sqrt((1 + low) * (1 + high)) - 1;
    if (within(middle, df) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
});
