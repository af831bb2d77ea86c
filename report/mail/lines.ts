// Lines of a mail: printable ASCII, at most 75 columns, nothing that mail programs rewrite.
import { asciiText, splitAt, tableLines, wrapText } from '../text.ts';

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

interface WordPart {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Characters of a word for a shell, which has single quotes and backslashes only. */
const partsOf = (word: string): readonly WordPart[] =>
  [...word.matchAll(/'([^']*)'|\\.|[^']/gs)].flatMap(([text, quoted]): readonly WordPart[] =>
    quoted === undefined
      ? [{ text, isQuoted: false }]
      : [...quoted].map((char) => ({ text: char, isQuoted: true })),
  );

/** Pieces that are the word again where a shell joins them: each has the quotes that it needs. */
const shellPieces = (word: string, columns: number): readonly string[] => {
  const pieces: string[] = [];
  let piece = '';
  let isOpen = false;
  for (const { text, isQuoted } of partsOf(word)) {
    if (piece.length + text.length + 2 > columns) {
      pieces.push(isOpen ? `${piece}'` : piece);
      [piece, isOpen] = ['', false];
    }
    if (isOpen !== isQuoted) piece += "'";
    piece += text;
    isOpen = isQuoted;
  }
  if (isOpen) piece += "'";
  return [...pieces, REWRITTEN.test(piece) ? `'${piece}'` : piece];
};

const COMMAND = { indent: '  ', hanging: '     ' };
const COMMAND_COLUMNS = TEXT_COLUMNS - ' \\'.length;
const LONGEST_WORD = COMMAND_COLUMNS - COMMAND.hanging.length;

/**
 * A command over several lines, each ending in a backslash, so that it can be pasted into a shell. A word that is longer than a line
 * continues in the first column, where nothing separates its pieces.
 */
export const commandLines = (words: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  let line = COMMAND.indent;
  let isEmpty = true;
  for (const word of words.map(asciiText)) {
    const [first = '', ...others] = word.length > LONGEST_WORD ? shellPieces(word, LONGEST_WORD) : [word];
    if (!isEmpty && line.length + 1 + first.length > COMMAND_COLUMNS) {
      lines.push(`${line} \\`);
      line = COMMAND.hanging;
      isEmpty = true;
    }
    line += isEmpty ? first : ` ${first}`;
    isEmpty = false;
    for (const piece of others) {
      lines.push(`${line}\\`);
      line = piece;
    }
  }
  return [...lines, line];
};
