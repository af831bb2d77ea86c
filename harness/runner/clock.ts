// The run's own time: how much of the budget is left.
export interface Deadline {
  /** Infinity without a budget. */
  readonly budgetNs: number;
  /** Until the reserve begins; negative inside it. */
  leftNs(): number;
  /**
   * Gives back what of the budget is not needed: it becomes `leastNs` where what `neededNs` from now on take has room in that, else
   * what they take, and `spareRatio` of them more.
   */
  giveBack(neededNs: number, leastNs: number, spareRatio: number): void;
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
    giveBack(neededNs, leastNs, spareRatio) {
      if (budgetNs === null) return;
      const wholeFor = (ns: number): number => (elapsedNs() + ns) / (1 - reserveRatio);
      const wanted = wholeFor(neededNs) <= leastNs ? leastNs : wholeFor(neededNs * (1 + spareRatio));
      whole = Math.min(whole, wanted);
    },
  };
};
