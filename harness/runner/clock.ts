// The run's own time: how much of the budget is left.
export interface Deadline {
  /** Infinity without a budget. */
  readonly budgetNs: number;
  /** Until the reserve begins; negative inside it. */
  leftNs(): number;
  /** Gives back what of the budget is not needed: it becomes what `neededNs` from now on take, but at least `leastNs`. */
  giveBack(neededNs: number, leastNs: number): void;
}

/** `reserveRatio` of the budget is kept for the report and for what estimates miss. */
export const openDeadline = (startedNs: bigint, budgetNs: number | null, reserveRatio: number): Deadline => {
  let whole = budgetNs ?? Number.POSITIVE_INFINITY;
  const elapsedNs = (): number => Number(process.hrtime.bigint() - startedNs);
  return {
    get budgetNs() {
      return whole;
    },
    leftNs: () => (budgetNs === null ? whole : whole * (1 - reserveRatio) - elapsedNs()),
    giveBack(neededNs, leastNs) {
      if (budgetNs === null) return;
      whole = Math.min(whole, Math.max(leastNs, (elapsedNs() + neededNs) / (1 - reserveRatio)));
    },
  };
};
