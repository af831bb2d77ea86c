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

const asUserError = ({ message, facts, code, hint }: ResultsError, exit: 1 | 4 | 5): UserError =>
  new UserError(message, { facts, code, exit, ...(hint === undefined ? {} : { hint }) });

/** An error of an input that the user named, before anything is measured: a refusal. */
export const refusal = (error: unknown): unknown => {
  const known = explained(error);
  return known instanceof ResultsError ? asUserError(known, known.exit) : known;
};

/**
 * The error with which a run ends that cannot go on: what was measured is kept and reported. Null for a refusal, which changes nothing,
 * such as that of a resumed run on another machine.
 */
export const endingError = (error: unknown): unknown => {
  const known = explained(error);
  if (known instanceof UserError) return known.exit === 5 ? known : null;
  return known instanceof ResultsError ? asUserError(known, 5) : known;
};
