// Exit codes of a run and of its report.
import type { Ended } from '../runner/run.ts';
import { INTERRUPTED_EXIT } from '../sys/interrupts.ts';

export interface RunOutcome extends Ended {
  readonly tooNoisy: boolean;
}

const FAILED = 5;
/** The measuring process was killed, and not by an interrupt. */
export const KILLED = 7;
export const OUT_OF_TIME = 124;

/** `brokenRules`: claims whose rule threw, which counts as a failed slot does. */
export const exitCode = (
  { status, okCount, failedCount, unequal, tooNoisy }: RunOutcome,
  brokenRules: readonly string[],
): number => {
  if (status === 'interrupted') return INTERRUPTED_EXIT;
  if (status === 'out-of-time') return OUT_OF_TIME;
  if (failedCount > 0 || unequal.length > 0) return FAILED;
  if (brokenRules.length > 0) return FAILED;
  if (okCount === 0) return 6;
  return tooNoisy ? 4 : 0;
};

/** For a report that is rendered again. */
export const reportExitCode = (brokenRules: readonly string[]): number =>
  brokenRules.length > 0 ? FAILED : 0;
