// Errors of reading, writing or judging results: a message, facts, and a hint at what to do next. Any other error is a bug.
import { visible } from './visible.ts';

export interface ResultsErrorParts {
  readonly facts?: readonly string[];
  readonly hint?: string;
  readonly code?: string;
  /** Exit code of the program: 1 usage or input, 4 this machine lacks something, 5 expected runs are missing. */
  readonly exit?: 1 | 4 | 5;
  readonly cause?: unknown;
}

/** Its texts may contain names and values of files that others made: control characters are escaped. */
export class ResultsError extends Error {
  readonly facts: readonly string[];
  readonly hint: string | undefined;
  readonly exit: 1 | 4 | 5;
  readonly code: string;
  constructor(message: string, parts: ResultsErrorParts = {}) {
    super(visible(message), parts.cause === undefined ? {} : { cause: parts.cause });
    this.name = 'ResultsError';
    this.exit = parts.exit ?? 1;
    this.facts = (parts.facts ?? []).map(visible);
    this.hint = parts.hint === undefined ? undefined : visible(parts.hint);
    this.code = parts.code ?? 'bad-results';
  }
}

export { unreachable } from './schema/unreachable.ts';
