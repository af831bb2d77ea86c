// GitHub flavoured Markdown in which names are text, cut to the length of a comment.
import { visible } from '../../results/visible.ts';
import { plural } from '../format.ts';

/** GitHub accepts 65,536 characters in a comment. */
const LONGEST_CHARACTERS = 59_000;
const LONGEST_CELL = 300;
export const LONGEST_PARAGRAPH = 3_000;

/** Character references, because backslashes do not hold in tables. */
export const md = (text: string, longest = LONGEST_CELL): string => {
  const chars = [...visible(text)];
  const short = chars.length > longest ? [...chars.slice(0, longest), '\u2026'] : chars;
  return short
    .map((char) => (/[&<>"'`*_~[\]|\\#@$]/.test(char) ? `&#${char.codePointAt(0)};` : char))
    .join('')
    .replace(/:(?=\S)/g, '&#58;')
    .replace(/www\./gi, 'www&#46;')
    .replace(/^([-+]|\d+\.)(?=\s)/, '&#8203;$1');
};

interface MarkdownColumn {
  readonly title: string;
  readonly isNumber: boolean;
}

export const textColumn = (title: string): MarkdownColumn => ({ title, isNumber: false });
export const numberColumn = (title: string): MarkdownColumn => ({ title, isNumber: true });

/** A table below a heading with its row count; rows may be cut from the end. */
export interface MarkdownTable {
  readonly title: string;
  readonly columns: readonly MarkdownColumn[];
  /** The most important first; each cell is Markdown. */
  readonly rows: readonly (readonly string[])[];
}

const rowLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const headOf = ({ title, columns, rows }: MarkdownTable): readonly string[] => [
  `### ${title} (${rows.length})`,
  '',
  rowLine(columns.map((column) => column.title)),
  rowLine(columns.map(({ isNumber }) => (isNumber ? '--:' : '---'))),
];

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

const leftOut = (count: number, what: string): readonly string[] =>
  count === 0 ? [] : ['', `${plural(count, what)} ${count === 1 ? 'was' : 'were'} left out for length.`];

/** Prose, then tables in order until the length is used up; the last lines count the omitted rows. */
export const markdownOf = (intro: readonly string[], tables: readonly MarkdownTable[]): string => {
  const lines: string[] = [];
  let room = LONGEST_CHARACTERS;
  const add = (more: readonly string[]): boolean => {
    const length = lengthOf(more);
    if (length > room) return false;
    lines.push(...more);
    room -= length;
    return true;
  };
  const omittedLines = intro.filter((line) => !add([line])).length;
  let omittedRows = 0;
  for (const table of tables.filter(({ rows }) => rows.length > 0)) {
    const [first, ...others] = table.rows.map(rowLine);
    if (!add(['', ...headOf(table), first!])) {
      omittedRows += table.rows.length;
      continue;
    }
    const cut = others.findIndex((line) => !add([line]));
    if (cut >= 0) omittedRows += others.length - cut;
  }
  return `${[...lines, ...leftOut(omittedLines, 'line'), ...leftOut(omittedRows, 'row')].join('\n')}\n`;
};
