// Exit codes of a run and of its report. The first that applies: 130 interrupted, 5 failed, 124 out of time, 6 nothing measured, 4 too
// noisy. A failure is never hidden by an ended budget.
import type { RunFile, Sample } from '../../results/schema/run.ts';
import type { Ended } from '../runner/run.ts';
import { INTERRUPTED_EXIT } from '../sys/interrupts.ts';

export interface RunOutcome extends Ended {
  readonly tooNoisy: boolean;
  /** As run.json should be. */
  readonly run: RunFile;
}

const FAILED = 5;
/** The measuring process was killed, and not by an interrupt. */
export const KILLED = 7;
const OUT_OF_TIME = 124;

const WORST_FIRST = [KILLED, 1, FAILED, OUT_OF_TIME, 6, 4, 0];

/** The exit code of several runs. A code that is none of a run, such as that of a crash, is worse than the others. */
export const worstOf = (codes: readonly number[]): number => {
  if (codes.includes(INTERRUPTED_EXIT)) return INTERRUPTED_EXIT;
  const unknown = codes.filter((code) => !WORST_FIRST.includes(code));
  return unknown.length > 0 ? Math.max(...unknown) : (WORST_FIRST.find((code) => codes.includes(code)) ?? 0);
};

/** `brokenRules`: claims whose rule threw, which counts as a failed slot does. */
export const exitCode = (
  {
    status,
    okCount,
    failedCount,
    unequal,
    tooNoisy,
  }: Omit<RunOutcome, 'run' | 'errors' | 'status'> & Pick<RunFile, 'status'>,
  brokenRules: readonly string[],
): number => {
  if (status === 'interrupted') return INTERRUPTED_EXIT;
  if (failedCount > 0 || unequal.length > 0 || brokenRules.length > 0) return FAILED;
  if (status === 'out-of-time') return OUT_OF_TIME;
  if (okCount === 0) return 6;
  return tooNoisy ? 4 : 0;
};

/** Of a run that ended earlier, from what it recorded. */
export const recordedExitCode = (
  { status, proofs, conditions }: Pick<RunFile, 'status' | 'proofs' | 'conditions'>,
  samples: Iterable<Pick<Sample, 'outcome'>>,
  isStrict: boolean,
): number => {
  if (status === 'failed') return FAILED;
  let [okCount, failedCount] = [0, 0];
  for (const { outcome } of samples) {
    if (outcome === 'ok') okCount++;
    if (outcome === 'failed') failedCount++;
  }
  const unequal = proofs.filter(({ equal }) => !equal);
  const isNoisy = (conditions?.judged ?? []).some(({ severity }) => severity === 'noise');
  return exitCode({ status, okCount, failedCount, unequal, tooNoisy: isStrict && isNoisy }, []);
};

/** `missing`: expected runs that are not part of the pool. `status`: of the pool, `failed` if any of its runs has failures. */
export const poolExitCode = (
  brokenRules: readonly string[],
  { missing, status }: { readonly missing: number; readonly status: RunFile['status'] },
): number => (missing > 0 || status === 'failed' ? FAILED : reportExitCode(brokenRules));

/** For a report that is rendered again. */
export const reportExitCode = (brokenRules: readonly string[]): number =>
  brokenRules.length > 0 ? FAILED : 0;
