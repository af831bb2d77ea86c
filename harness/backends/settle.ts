// The limit of the settle phase, and the error of a mount that outlives it.
import { UserError } from '../model/errors.ts';

export const SETTLE_LIMIT_MS = 5000;

export const settleTimeout = (message: string, facts: readonly string[], hint?: string): UserError =>
  new UserError(message, {
    code: 'timeout',
    exit: 5,
    facts: [...facts, `waited: ${SETTLE_LIMIT_MS} ms`],
    ...(hint === undefined ? {} : { hint }),
  });
