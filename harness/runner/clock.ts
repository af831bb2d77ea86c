// The run's own time: how much of the budget is left.
export interface Deadline {
  /** Infinity without a budget. */
  readonly budgetNs: number;
  /** Until the reserve begins; negative inside it. */
  leftNs(): number;
}

/** `reserveRatio` of the budget is kept for the report and for what estimates miss. */
export const openDeadline = (startedNs: bigint, budgetNs: number | null, reserveRatio: number): Deadline => {
  const whole = budgetNs ?? Number.POSITIVE_INFINITY;
  return {
    budgetNs: whole,
    leftNs: () =>
      budgetNs === null ? whole : whole * (1 - reserveRatio) - Number(process.hrtime.bigint() - startedNs),
  };
};
