// CLOCK_MONOTONIC in nanoseconds.
export const monotonicNs = (): bigint => process.hrtime.bigint();

/** For limits and sums: exact to a nanosecond for 104 days after boot. */
export const nowNs = (): number => Number(process.hrtime.bigint());
