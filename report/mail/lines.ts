// Lines of a mail: printable ASCII, at most 75 columns, nothing that mail programs rewrite.
import { asciiText, splitAt, tableLines, wrapText, wrapWords } from '../text.ts';

const COLUMNS = 75;
/** One column stays free for the space in front of a line that mail programs would rewrite. */
export const TEXT_COLUMNS = COLUMNS - 1;

/** Mailboxes escape `From `, `>` starts a quotation, a single dot ends the message, `--` starts a signature. */
const REWRITTEN = /^(From |>|\.$|-- ?$)/;

/** The last step for every line, whatever names it holds. */
export const mailable = (lines: readonly string[]): readonly string[] =>
  lines
    .map(asciiText)
    .flatMap((line) => splitAt(line, TEXT_COLUMNS))
    .map((line) => (REWRITTEN.test(line) ? ` ${line}` : line).trimEnd());

export const mailLines = (text: string, indent = '', hanging = indent): readonly string[] =>
  wrapText(asciiText(text), TEXT_COLUMNS, { indent, hanging, breakWords: true });

export const mailTable = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  tableLines(
    head.map(asciiText),
    rows.map((row) => row.map(asciiText)),
    TEXT_COLUMNS,
  );

/** A command over several lines, each ending in a backslash, so that it can be pasted into a shell. */
export const commandLines = (words: readonly string[]): readonly string[] => {
  const lines = wrapWords(words.map(asciiText), TEXT_COLUMNS - 2, { indent: '  ', hanging: '     ' });
  return lines.map((line, at) => (at === lines.length - 1 ? line : `${line} \\`));
};
