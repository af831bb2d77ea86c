// Errors of reading, writing or judging results: a message, facts, and a hint at what to do next. Any other error is a bug.

export interface ResultsErrorParts {
  readonly facts?: readonly string[];
  readonly hint?: string;
  readonly code?: string;
}

export class ResultsError extends Error {
  readonly facts: readonly string[];
  readonly hint: string | undefined;
  readonly exit = 1;
  readonly code: string;
  constructor(message: string, parts: ResultsErrorParts = {}) {
    super(message);
    this.name = 'ResultsError';
    this.facts = parts.facts ?? [];
    this.hint = parts.hint;
    this.code = parts.code ?? 'bad-results';
  }
}

export { unreachable } from './schema/unreachable.ts';
