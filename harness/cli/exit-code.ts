// What a run, and its report, end with.
import type { Ended } from '../runner/run.ts';

export interface Judged extends Ended {
  readonly tooNoisy: boolean;
}

const FAILED = 5;

/** `broken`: claims whose rule threw, which makes the report a failure like one of a slot. */
export const exitCode = (
  { status, okCount, failedCount, unequal, tooNoisy }: Judged,
  broken: readonly string[],
): number => {
  if (status === 'interrupted') return 130;
  if (status === 'out-of-time') return 124;
  if (failedCount > 0 || unequal.length > 0) return FAILED;
  if (broken.length > 0) return FAILED;
  if (okCount === 0) return 6;
  return tooNoisy ? 4 : 0;
};

/** Of a report that is made again. */
export const reportExitCode = (broken: readonly string[]): number => (broken.length > 0 ? FAILED : 0);
