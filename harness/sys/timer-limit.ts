/** `setTimeout` makes 1 ms of a longer time. */
const LONGEST_MS = 2 ** 31 - 1;

/** A time that a timer can wait: at most 24 days. */
export const timerMs = (ms: number): number => Math.min(ms, LONGEST_MS);
