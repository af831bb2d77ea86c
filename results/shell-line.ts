const SHELL_SAFE = /^[A-Za-z0-9@%+=:,./_-]+$/;

/** A command line that a reader can paste. */
export const shellLine = (argv: readonly string[]): string =>
  argv.map((word) => (SHELL_SAFE.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
