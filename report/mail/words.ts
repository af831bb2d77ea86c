// Headings, paragraphs, lists and commands, as wide as a mail may be.
import { wrapped } from '../terminal/columns.ts';
import { COLUMNS, plainAscii } from './safe.ts';

export type Lines = readonly string[];

/** Nothing where the section is empty. */
export const section = (title: string, lines: Lines): Lines =>
  lines.length === 0 ? [] : ['', title, '='.repeat(title.length), '', ...lines];

export const paragraph = (text: string): Lines => wrapped(plainAscii(text), COLUMNS);

export const bullet = (text: string): Lines =>
  wrapped(plainAscii(text), COLUMNS - 2).map((line, at) => `${at === 0 ? '-' : ' '} ${line}`);

const TERM_WIDTH = 14;

/** A term and what it is, which goes on below itself. */
export const term = (name: string, text: string): Lines =>
  wrapped(plainAscii(text), COLUMNS - TERM_WIDTH).map(
    (line, at) => `${(at === 0 ? plainAscii(name) : '').padEnd(TERM_WIDTH - 1)} ${line}`,
  );

/** A command over several lines can still be pasted. */
export const command = (line: string): Lines => {
  const parts = wrapped(plainAscii(line), COLUMNS - 6);
  return parts.map((part, at) => `${at === 0 ? '  ' : '    '}${part}${at + 1 < parts.length ? ' \\' : ''}`);
};

export const indented = (text: string): Lines =>
  wrapped(plainAscii(text), COLUMNS - 2).map((line) => `  ${line}`);
