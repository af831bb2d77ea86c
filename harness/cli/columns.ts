// How wide text may be: as the terminal is, else as COLUMNS says, as other programs take it; 80 where neither does.
const DEFAULT_COLUMNS = 80;
const WIDEST_PROSE = 100;

export const terminalColumns = (): number => {
  const asked = Number(process.env['COLUMNS']);
  return process.stdout.columns ?? (Number.isInteger(asked) && asked > 0 ? asked : DEFAULT_COLUMNS);
};

/** Of sentences: longer lines are hard to read. */
export const proseColumns = (): number => Math.min(terminalColumns(), WIDEST_PROSE);
