// Width of printed text: the terminal's, else the environment variable COLUMNS, else 80.
const DEFAULT_COLUMNS = 80;
/** Longer lines of prose are hard to read. */
const MOST_PROSE_COLUMNS = 100;

export const terminalColumns = (): number => {
  const fromEnvironment = Number(process.env['COLUMNS']);
  const isUsable = Number.isInteger(fromEnvironment) && fromEnvironment > 0;
  return process.stdout.columns ?? (isUsable ? fromEnvironment : DEFAULT_COLUMNS);
};

export const proseColumns = (): number => Math.min(terminalColumns(), MOST_PROSE_COLUMNS);
