// Inputs of a run that cannot be read: the run is refused and keeps the exit code of wrong usage. Where a run that has begun cannot read
// or write its own files, it has failed.
import { ResultsError } from '../../results/errors.ts';
import { UserError } from '../model/errors.ts';

/** The error to throw instead. */
export const asRefusal = (error: unknown): unknown => {
  if (!(error instanceof ResultsError)) return error;
  const { message, facts, code, exit, hint } = error;
  return new UserError(message, { facts, code, exit, ...(hint === undefined ? {} : { hint }) });
};
