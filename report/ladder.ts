// Ends of the ladder of arrival rates of `serverless-open`: beyond them a run bounds a rate from one side only.

/** An arm that does not sustain it lies below the ladder. */
export const LOWEST_PER_SECOND = 8;
/** An arm that sustains it may sustain more. */
export const HIGHEST_PER_SECOND = 4096;

/** Up to this rate a rung has fewer than 100 lives: its p99 is the longest of them. */
export const MOST_WITHOUT_P99 = 32;
