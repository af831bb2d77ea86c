/** CLOCK_MONOTONIC in nanoseconds, exact for 104 days after boot. */
export const nowNs = (): number => Number(process.hrtime.bigint());
