// Errors for people. A `UserError` is caused by input or environment and prints as a sentence, its facts and a hint. Every other
// exception is a bug and prints its stack.

type ExitCode = 1 | 4 | 5 | 6 | 7 | 130;

export interface ErrorParts {
  /** Indented under the sentence: paths, numbers, the kernel's message. */
  readonly facts?: readonly string[];
  /** The next thing to type. */
  readonly hint?: string;
  /** Exit code of the program: 1 usage or input, 4 environment lacks something, 5 failure or leak, 6 nothing measured, 7 killed, 130 interrupted. */
  readonly exit?: ExitCode;
  /** Stable short name such as `EBUSY`, `bad-dump`, `timeout`. It goes into the journal. */
  readonly code?: string;
}

export class UserError extends Error {
  readonly facts: readonly string[];
  readonly hint: string | undefined;
  readonly exit: ExitCode;
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

/** A failed system call; `code` is the name of the errno. */
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

/** Runs a call on an open file: errors of Node.js for a descriptor do not name the file. */
export const namingFile = <T>(path: string | Buffer, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && !('path' in error)) Object.assign(error, { path });
    throw error;
  }
};

export { unreachable } from '../../results/schema/unreachable.ts';
