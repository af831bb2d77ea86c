// Errors for people, raised while results are read, written or judged. The fields are those that the program's own printing
// expects of any error that is not a bug: a sentence, its facts, and what to try.

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

/** Closes a tagged union: the compiler refuses a call that can be reached. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
