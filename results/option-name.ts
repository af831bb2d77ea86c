/** As typed: `dryRun` is `--dry-run`. */
export const optionName = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
