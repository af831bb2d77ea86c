// Failures of the work itself, as a sample or a proof records them. Everything else is a bug, or a refusal, and ends the run.
import { ResultsError } from '../../results/errors.ts';
import type { Outcome } from '../../results/schema/run.ts';
import { isSystemError, systemError } from '../../results/system-error.ts';
import { UserError } from '../model/errors.ts';

interface Failure {
  /** Name of the errno of a failed system call. */
  readonly code: string;
  /** One sentence, with the paths. */
  readonly message: string;
}

const explained = (error: unknown): unknown => (isSystemError(error) ? systemError(error) : error);

/** Null for a bug. */
export const failureOf = (error: unknown): Failure | null => {
  const known = explained(error);
  if (!(known instanceof UserError || known instanceof ResultsError)) return null;
  return { code: known.code, message: [known.message, ...known.facts].join('; ') };
};

type FailedPhase = Extract<Outcome, { outcome: 'failed' }>['phase'];

/** Throws a bug. `more`: sentences after the message. */
export const failedOutcome = (error: unknown, phase: FailedPhase, more: readonly string[] = []): Outcome => {
  const failure = failureOf(error);
  if (failure === null) throw error;
  const { code, message } = failure;
  return { outcome: 'failed', phase, code, message: [message, ...more].join('; ') };
};

/**
 * The error that ends a run which cannot continue: its samples are kept and reported. Null for a refusal, which changes nothing,
 * such as that of a resumed run on another machine.
 */
export const endingError = (error: unknown): unknown => {
  const known = explained(error);
  if (known instanceof UserError) return known.exit === 5 ? known : null;
  if (!(known instanceof ResultsError)) return known;
  const { message, facts, code, hint } = known;
  return new UserError(message, { facts, code, exit: 5, ...(hint === undefined ? {} : { hint }) });
};
