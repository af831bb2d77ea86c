// The time that is left of the budget.
export interface Deadline {
  /** Infinity without a budget. */
  readonly budgetNs: number;
  /** Time until the reserve begins; negative inside the reserve. */
  leftNs(): number;
}

/** `reserveRatio` of the budget is reserved for the report and for projections that are too low. */
export const openDeadline = (startedNs: bigint, budgetNs: number | null, reserveRatio: number): Deadline => {
  const whole = budgetNs ?? Number.POSITIVE_INFINITY;
  return {
    budgetNs: whole,
    leftNs: () =>
      budgetNs === null ? whole : whole * (1 - reserveRatio) - Number(process.hrtime.bigint() - startedNs),
  };
};
