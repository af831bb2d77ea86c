// Text that arrives on a mailing list as it was sent: printable ASCII, 75 columns, no tabs, no trailing blanks, and no line that a
// mail program takes for a quotation, a header of the next mail, or the end of this one.
import { ascii } from '../visible.ts';

export const COLUMNS = 75;

const PLAIN: Readonly<Record<string, string>> = {
  '\u00b5': 'u',
  '\u00d7': 'x',
  '\u00b1': '+-',
  '\u00f7': '/',
  '\u2013': '-',
  '\u2019': "'",
  '\u2026': '...',
};

/** The project's own signs in plain letters, everything else that is not ASCII in escapes. */
export const plainAscii = (text: string): string =>
  ascii(text.replace(/[\u00b5\u00d7\u00b1\u00f7\u2013\u2019\u2026]/g, (sign) => PLAIN[sign]!));

const MANGLED = /^(>|From |\.$)/;

const folded = (line: string): readonly string[] => {
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < line.length; at += COLUMNS) parts.push(line.slice(at, at + COLUMNS));
  return parts;
};

const guarded = (line: string): string => (MANGLED.test(line) ? ` ${line}` : line);

/** What is still too long, such as one word of 80 letters, is cut into lines. */
export const mailText = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => folded(guarded(plainAscii(line))))
    // A cut may have made a new beginning.
    .flatMap((line) => folded(guarded(line)))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
