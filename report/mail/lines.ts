// Lines that reach every subscriber as they were written: printable ASCII, 75 columns, nothing that a mail program edits.
import { ascii } from '../visible.ts';

export const COLUMNS = 75;

const TRANSLITERATED: Readonly<Record<string, string>> = {
  '\u00b5': 'u',
  '\u00d7': 'x',
  '\u00f7': '/',
  '\u2013': '-',
  '\u2019': "'",
  '\u2212': '-',
  '\u2026': '...',
};

export const plainText = (text: string): string =>
  ascii(text.replace(/[\u00b5\u00d7\u00f7\u2013\u2019\u2026\u2212]/g, (char) => TRANSLITERATED[char]!));

/** `From ` is escaped by mailboxes, `>` reads as a quotation, a lone dot ends a message, `--` begins a signature. */
const MANGLED = /^(From |>|\.$|-- ?$)/;

const cutAt = (line: string, columns: number): readonly string[] =>
  line.length <= columns ? [line] : [line.slice(0, columns), ...cutAt(line.slice(columns), columns)];

/** Whatever the names were: the last gate of every line. */
export const mailable = (lines: readonly string[]): readonly string[] =>
  lines
    .flatMap((line) => plainText(line).split('\n'))
    .flatMap((line) => cutAt(line, COLUMNS - 1))
    .map((line) => (MANGLED.test(line) ? ` ${line}` : line).trimEnd());

/** Words in lines; a word that fits in no line is broken. */
export const folded = (text: string, first = '', next = first): readonly string[] => {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const room = COLUMNS - 1 - next.length;
  for (const word of plainText(text)
    .split(' ')
    .flatMap((one) => cutAt(one, Math.max(8, room)))) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS - 1) {
      lines.push(line);
      line = next;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
};

/** A command over several lines, so that it can still be pasted. */
export const commandLines = (words: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  let line = '  ';
  for (const word of words.map(plainText)) {
    if (line.trim() !== '' && line.length + 1 + word.length > COLUMNS - 3) {
      lines.push(`${line} \\`);
      line = '     ';
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
};

/** First column to the left, the others to the right; the first is cut where the table would be too wide. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const all = [head, ...rows].map((row) => row.map(plainText));
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  const others = widths.slice(1).reduce((sum, width) => sum + width + 3, 0);
  const first = Math.max(8, Math.min(widths[0]!, COLUMNS - 1 - others));
  const rowLine = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.slice(0, first).padEnd(first) : cell.padStart(widths[at]!)))
      .join(' | ');
  const rule = widths.map((width, at) => '-'.repeat(at === 0 ? first : width)).join('-|-');
  return [rowLine(all[0]!), rule, ...all.slice(1).map(rowLine)];
};
