// Time limits while images are prepared and mounts are proved. Steps overlap, and the outer process knows one limit: that of the step that
// may take longest.

/** Estimates of a preparation are for a fast disk. */
const SLOWEST = 10;

export interface StepLimits {
  /** `limitNs`: what the step may take beyond the limit of every step. Returns what ends it. */
  begin(limitNs: number): () => void;
}

/** Of a step whose time is estimated. */
export const estimatedLimitNs = (roughNs: number): number => SLOWEST * roughNs;

/** `limit`: tells the outer process. `leastNs`: of every step, and until the next one begins; Infinity: none has a limit. */
export const openStepLimits = (
  limit: (ns: number) => void,
  leastNs: number,
  nowNs: () => number = () => Number(process.hrtime.bigint()),
): StepLimits => {
  const open = new Set<{ readonly untilNs: number }>();
  const tell = (): void => {
    if (!Number.isFinite(leastNs)) return;
    const fromNs = nowNs();
    limit([...open].reduce((most, { untilNs }) => Math.max(most, untilNs - fromNs), leastNs));
  };
  return {
    begin(limitNs) {
      const step = { untilNs: nowNs() + leastNs + limitNs };
      open.add(step);
      tell();
      return () => {
        open.delete(step);
        tell();
      };
    },
  };
};
