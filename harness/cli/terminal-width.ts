// Width and color of printed text. The environment variable COLUMNS comes before the terminal's width; without both it is 80.
const DEFAULT_COLUMNS = 80;
/** Longer lines of prose are hard to read. */
const MOST_PROSE_COLUMNS = 100;

export const terminalColumns = (): number => {
  const fromEnvironment = Number(process.env['COLUMNS']);
  const isUsable = Number.isInteger(fromEnvironment) && fromEnvironment > 0;
  // Some terminals have 0 columns.
  return isUsable ? fromEnvironment : process.stdout.columns || DEFAULT_COLUMNS;
};

/** Color for a terminal that shows it, unless NO_COLOR is set (no-color.org). */
export const usesColor = (): boolean =>
  process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

export const proseColumns = (): number => Math.min(terminalColumns(), MOST_PROSE_COLUMNS);
