// Counts of a slot are those of all that it does, times the medians of one.

/** ` of all 16 containers`: after what is counted, for groups with several containers; else empty. */
export const ofAllText = (params: string): string => {
  const count = Number(/(?:^| )containers=(\d{1,9})(?= |$)/.exec(params)?.[1] ?? 1);
  return count > 1 ? ` of all ${count} containers` : '';
};

/** `, sums of all 16 containers` */
export const sumsText = (params: string): string => {
  const ofAll = ofAllText(params);
  return ofAll === '' ? '' : `, sums${ofAll}`;
};
