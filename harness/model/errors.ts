// Errors for people. A `UserError` is somebody's wrong input or environment and prints as a sentence, its facts and what to
// try; every other exception is a bug and prints its stack.

/** What a failing slot, an input or the machine did; `code` is stable and goes into the journal. */
export interface ErrorParts {
  /** Indented under the sentence: paths, numbers, what the kernel said. */
  readonly facts?: readonly string[];
  /** The next thing to type. */
  readonly hint?: string;
  /** Exit code of the program when this ends it: 1 usage or input, 4 the environment cannot, 5 failed or left behind, 6 nothing measured. */
  readonly exit?: 1 | 4 | 5 | 6;
  /** Stable short name such as `EBUSY`, `bad-dump`, `timeout`. */
  readonly code?: string;
}

export class UserError extends Error {
  readonly facts: readonly string[];
  readonly hint: string | undefined;
  readonly exit: 1 | 4 | 5 | 6;
  readonly code: string;
  constructor(message: string, parts: ErrorParts = {}) {
    super(message);
    this.name = 'UserError';
    this.facts = parts.facts ?? [];
    this.hint = parts.hint;
    this.exit = parts.exit ?? 1;
    this.code = parts.code ?? 'error';
  }
}

/** A system call that failed: `code` is the errno's name. */
export class SysError extends UserError {
  readonly errno: number;
  readonly call: string;
  constructor(call: string, errno: number, code: string, parts: ErrorParts = {}) {
    super(`${call}: ${code}`, { exit: 5, ...parts, code });
    this.name = 'SysError';
    this.errno = errno;
    this.call = call;
  }
}

/** Closes a tagged union: the compiler refuses a call that can be reached. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
