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

/** A table below a heading; rows may be cut from the end. */
export interface MarkdownTable {
  readonly title: string;
  readonly columns: readonly MarkdownColumn[];
  /** The most important first; each cell is Markdown. */
  readonly rows: readonly (readonly string[])[];
  /** Shown by a click on the title. */
  readonly isFolded?: boolean;
}

/** Further rows of a table that is not folded are. */
const MOST_ROWS = 15;

const rowLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const columnLines = (columns: readonly MarkdownColumn[]): readonly string[] => [
  rowLine(columns.map((column) => column.title)),
  rowLine(columns.map(({ isNumber }) => (isNumber ? '--:' : '---'))),
];

/** GitHub reads Markdown inside of an element only after an empty line. */
const folded = (summary: string): readonly string[] => ['', `<details><summary>${summary}</summary>`, ''];
const FOLD_END = ['', '</details>'];

interface TablePiece {
  readonly head: readonly string[];
  readonly rows: readonly string[];
  readonly end: readonly string[];
}

const piecesOf = ({ title, columns, rows, isFolded = false }: MarkdownTable): readonly TablePiece[] => {
  const lines = rows.map(rowLine);
  const [shown, rest] = isFolded ? [[], lines] : [lines.slice(0, MOST_ROWS), lines.slice(MOST_ROWS)];
  const summary = isFolded ? title : `${plural(rest.length, 'more row')}`;
  return [
    { head: ['', `### ${title}`, '', ...columnLines(columns)], rows: shown, end: [] },
    { head: [...folded(summary), ...columnLines(columns)], rows: rest, end: FOLD_END },
  ].filter((piece) => piece.rows.length > 0);
};

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
  for (const { head, rows, end } of tables.flatMap(piecesOf)) {
    const [first, ...others] = rows;
    room -= lengthOf(end);
    if (!add([...head, first!])) {
      omittedRows += rows.length;
      room += lengthOf(end);
      continue;
    }
    const cut = others.findIndex((line) => !add([line]));
    if (cut >= 0) omittedRows += others.length - cut;
    lines.push(...end);
  }
  return `${[...lines, ...leftOut(omittedLines, 'line'), ...leftOut(omittedRows, 'row')].join('\n')}\n`;
};
