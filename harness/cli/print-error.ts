// Errors as text: the sentence, its facts indented, what to try. A bug prints its stack.
//
// Names in them come from anywhere: no byte of a name reaches the terminal as a control character or begins a line.
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSystemError, type SystemErrorContext, systemError } from '../../results/system-error.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';

interface PrintableError {
  readonly message: string;
  readonly facts: readonly string[];
  readonly hint: string | undefined;
  readonly exit: number;
  readonly cause?: unknown;
}

const isPrintable = (error: unknown): error is PrintableError =>
  error instanceof UserError ||
  (error instanceof Error &&
    'facts' in error &&
    Array.isArray(error.facts) &&
    'exit' in error &&
    typeof error.exit === 'number');

const SHOWN_MAX = 600;
const SHOWN_END = 200;

/** One line without control characters; a long one without its middle. */
export const printable = (text: string): string => {
  const line = visible(text);
  if (line.length <= SHOWN_MAX) return line;
  return `${line.slice(0, SHOWN_MAX - SHOWN_END)} [${line.length - SHOWN_MAX} characters] ${line.slice(-SHOWN_END)}`;
};

const stackOf = (error: unknown): string => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text
    .split('\n')
    .map((line) => `${visible(line)}\n`)
    .join('');
};

/**
 * Node.js reports a module that it cannot open as not found. Without a free descriptor, trying to open a file tells the reason.
 */
const withReason = (thrown: unknown): unknown => {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND')) return thrown;
  try {
    closeSync(openSync(fileURLToPath(import.meta.url), 'r'));
    return thrown;
  } catch (reason) {
    return reason;
  }
};

interface DescribedError {
  readonly text: string;
  readonly exit: number;
}

/** Text for standard error, and the exit code. `context`: for a system error that does not know it. */
export const describeError = (first: unknown, context: SystemErrorContext = {}): DescribedError => {
  const thrown = withReason(first);
  const error = isSystemError(thrown) ? systemError(thrown, context) : thrown;
  if (!isPrintable(error))
    return { text: `cfsbench: this is a bug in cfsbench, please report it\n${stackOf(error)}`, exit: 1 };
  const facts = error.facts.map((fact) => `  ${printable(fact)}\n`).join('');
  const hint = error.hint === undefined || error.hint === '' ? '' : `  try: ${printable(error.hint)}\n`;
  const stack = process.env['CFSBENCH_DEBUG'] === '1' ? stackOf(error.cause ?? error) : '';
  return { text: `cfsbench: ${printable(error.message)}\n${facts}${hint}${stack}`, exit: error.exit };
};
