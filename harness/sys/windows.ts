// The account of this thread's windows: what the library's clock said, and whether anything else was done beside.
export interface WindowTotals {
  /** Sum of all windows so far, by the library's own clock. */
  ns: number;
  /** WindowTotals so far. */
  count: number;
  /** Whatever was asked of the machine outside of a window: calls made one by one, commands, servers. */
  outsideCount: number;
}

export const windows: WindowTotals = { ns: 0, count: 0, outsideCount: 0 };
