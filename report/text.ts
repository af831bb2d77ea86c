// Plain text for terminals, mails and help: ASCII, wrapping, definition lists and tables.
import { ascii } from '../results/visible.ts';

const TRANSLITERATIONS: Readonly<Record<string, string>> = {
  '\u00b5': 'u',
  '\u00d7': 'x',
  '\u00f7': '/',
  '\u2013': '-',
  '\u2019': "'",
  '\u2212': '-',
  '\u2026': '...',
};

/** Printable ASCII: `µs` becomes `us`, other characters become `\u{…}`. */
export const asciiText = (text: string): string =>
  ascii(text.replace(/[\u00b5\u00d7\u00f7\u2013\u2019\u2026\u2212]/g, (char) => TRANSLITERATIONS[char]!));

export const joinParts = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join(', ');

/** Pieces of at most `columns` characters; an empty text is one empty piece. */
export const splitAt = (text: string, columns: number): readonly string[] => {
  const pieces = [text.slice(0, columns)];
  for (let at = columns; at < text.length; at += columns) pieces.push(text.slice(at, at + columns));
  return pieces;
};

/** At most `columns` characters; `...` marks a cut. */
export const truncate = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 3)).trimEnd()}...`.slice(0, columns);

interface WrapOptions {
  /** In front of the first line. */
  readonly indent?: string;
  /** In front of the further lines; default: `indent`. */
  readonly hanging?: string;
  /** Break words that are wider than a line instead of letting them overflow. */
  readonly breakWords?: boolean;
}

const FEWEST_COLUMNS = 8;

/** Words in lines of at most `columns` characters; no word is split at its own spaces. */
export const wrapWords = (words: readonly string[], columns: number, options: WrapOptions = {}): string[] => {
  const { indent = '', hanging = indent, breakWords = false } = options;
  const longest = Math.max(FEWEST_COLUMNS, columns - Math.max(indent.length, hanging.length));
  const lines: string[] = [];
  let line = indent;
  let isEmpty = true;
  for (const word of breakWords ? words.flatMap((one) => splitAt(one, longest)) : words) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = hanging;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
};

export const wrapText = (text: string, columns: number, options: WrapOptions = {}): string[] =>
  wrapWords(text.trim().split(/\s+/), columns, options);

/** Longer terms have lines of their own, so that texts keep most of 80 columns. */
const MOST_TERM_COLUMNS = 28;

/** Terms in a column of their own, their texts wrapped beside them. */
export const definitionLines = (
  rows: readonly (readonly [term: string, text: string])[],
  columns: number,
): readonly string[] => {
  const fitting = rows.map(([term]) => term.length).filter((length) => length <= MOST_TERM_COLUMNS);
  const width = Math.max(0, ...fitting);
  const hanging = ' '.repeat(width + 4);
  return rows.flatMap(([term, text]) =>
    term.length > width
      ? [`  ${term}`, ...wrapText(text, columns, { indent: hanging })]
      : wrapText(text, columns, { indent: `  ${term.padEnd(width)}  `, hanging }),
  );
};

/** A first column that is cut to fewer has lines of its own. */
const FEWEST_LABEL_COLUMNS = 24;

/** Labels that several would be cut to. */
const ambiguous = (labels: readonly string[], columns: number): ReadonlySet<string> => {
  const found = new Map<string, string[]>();
  for (const label of new Set(labels)) {
    const short = truncate(label, columns);
    found.set(short, [...(found.get(short) ?? []), label]);
  }
  return new Set([...found.values()].filter(({ length }) => length > 1).flat());
};

/**
 * First column left, the others right. Where the table would be too wide the first is truncated. It is a line above the others where little
 * of it would be left, and in rows that could not be told apart.
 */
export const tableLines = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly string[] => {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  const others = widths.slice(1).reduce((sum, width) => sum + width + 3, 0);
  const left = columns - others;
  const isAbove = left < Math.min(FEWEST_LABEL_COLUMNS, widths[0]!);
  const first = isAbove ? Math.max(0, left) : Math.min(widths[0]!, left);
  const above = ambiguous(
    rows.map(([label = '']) => label),
    first,
  );
  const cellsOf = ([, ...cells]: readonly string[]): readonly string[] =>
    cells.map((cell, at) => cell.padStart(widths[at + 1]!));
  const rowLines = (row: readonly string[]): readonly string[] =>
    row[0] !== '' && (isAbove || above.has(row[0]!))
      ? [
          ...wrapText(row[0]!, columns, { hanging: '  ', breakWords: true }),
          [' '.repeat(first), ...cellsOf(row)].join(' | '),
        ]
      : [[truncate(row[0]!, first).padEnd(first), ...cellsOf(row)].join(' | ')];
  const rule = widths.map((width, at) => '-'.repeat(at === 0 ? first : width)).join('-|-');
  return [...rowLines(head), rule, ...rows.flatMap(rowLines)];
};
