// Errors as text: the sentence, its facts indented, what to try. A bug prints its stack.
import { UserError } from '../model/errors.ts';

interface PrintableError {
  readonly message: string;
  readonly facts: readonly string[];
  readonly hint: string | undefined;
  readonly exit: number;
}

const isPrintable = (error: unknown): error is PrintableError =>
  error instanceof UserError ||
  (error instanceof Error &&
    'facts' in error &&
    Array.isArray(error.facts) &&
    'exit' in error &&
    typeof error.exit === 'number');

/** Text for standard error, and the exit code. */
export const describeError = (error: unknown): { text: string; exit: number } => {
  if (isPrintable(error)) {
    const facts = error.facts.map((fact) => `  ${fact}\n`).join('');
    const hint = error.hint === undefined || error.hint === '' ? '' : `  try: ${error.hint}\n`;
    return { text: `cfsbench: ${error.message}\n${facts}${hint}`, exit: error.exit };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `cfsbench: this is a bug in cfsbench, please report it\n${stack}\n`, exit: 1 };
};
