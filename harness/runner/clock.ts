// The run's own time: how much of the budget is left.
export interface Deadline {
  /** Infinity without a budget. */
  readonly budgetNs: number;
  /** Until the reserve begins; negative inside it. */
  leftNs(): number;
  /**
   * The budget becomes `leastNs` where what `neededNs` from now on take has room in that, else what they take and `spareNs` more;
   * never more than it was at first.
   */
  adjust(neededNs: number, leastNs: number, spareNs: number): void;
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
    adjust(neededNs, leastNs, spareNs) {
      if (budgetNs === null) return;
      const wholeFor = (ns: number): number => (elapsedNs() + ns) / (1 - reserveRatio);
      const wanted = wholeFor(neededNs) <= leastNs ? leastNs : wholeFor(neededNs + spareNs);
      whole = Math.min(budgetNs, wanted);
    },
  };
};
