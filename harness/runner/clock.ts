// The time that is left of the budget.
export interface Deadline {
  /** Infinity without a budget. */
  readonly budgetNs: number;
  /** Time until the reserve begins; negative inside the reserve. */
  leftNs(): number;
}

/** Share of the budget that is reserved for the report and for projections that are too low. */
export const RESERVE_RATIO = 0.08;

export const openDeadline = (startedNs: bigint, budgetNs: number | null): Deadline => {
  const whole = budgetNs ?? Number.POSITIVE_INFINITY;
  return {
    budgetNs: whole,
    leftNs: () => whole * (1 - RESERVE_RATIO) - Number(process.hrtime.bigint() - startedNs),
  };
};
