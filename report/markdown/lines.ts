// GitHub flavoured Markdown: whatever a name holds, it is shown as text.
import { visible } from '../../results/visible.ts';

/** GitHub keeps 65,536 characters of a comment. */
export const LONGEST_CHARACTERS = 59_000;
const LONGEST_CELL = 300;

/** References rather than backslashes: they hold in tables and in front of every rule of the syntax. */
export const md = (text: string): string => {
  const shown = [...visible(text)];
  const short = shown.length > LONGEST_CELL ? [...shown.slice(0, LONGEST_CELL), '\u2026'] : shown;
  return short
    .map((char) => (/[&<>"'`*_~[\]|\\#@$]/.test(char) ? `&#${char.codePointAt(0)};` : char))
    .join('')
    .replace(/:(?=\S)/g, '&#58;')
    .replace(/www\./gi, 'www&#46;')
    .replace(/^([-+]|\d+\.)(?=\s)/, '&#8203;$1');
};

export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
}

/** A block of rows that may be cut to what is left of the room; the heading says how many there are. */
export interface Block {
  readonly title: string;
  readonly columns: readonly Column[];
  /** The most important first; each cell is Markdown. */
  readonly rows: readonly (readonly string[])[];
}

const rowLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const headOf = ({ title, columns, rows }: Block): readonly string[] => [
  `### ${title} (${rows.length})`,
  '',
  rowLine(columns.map((column) => column.title)),
  rowLine(columns.map(({ isNumber }) => (isNumber ? '--:' : '---'))),
];

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

const leftOut = (count: number): string =>
  `${count} ${count === 1 ? 'row was' : 'rows were'} left out for length.`;

/** Prose first, then the blocks in their order until the room is used up; what is left out is counted. */
export const markdownOf = (intro: readonly string[], blocks: readonly Block[]): string => {
  const lines: string[] = [];
  let left = LONGEST_CHARACTERS;
  let omitted = 0;
  const add = (more: readonly string[]): boolean => {
    const length = lengthOf(more);
    if (length > left) return false;
    lines.push(...more);
    left -= length;
    return true;
  };
  let skippedLines = 0;
  for (const line of intro) if (!add([line])) skippedLines++;
  for (const block of blocks.filter(({ rows }) => rows.length > 0)) {
    const cells = block.rows.map(rowLine);
    if (!add(['', ...headOf(block), cells[0]!])) {
      omitted += cells.length;
      continue;
    }
    const more = cells.slice(1);
    const fits = more.findIndex((line) => !add([line]));
    if (fits >= 0) omitted += more.length - fits;
  }
  const notes = [
    ...(skippedLines === 0 ? [] : [`${skippedLines} lines were left out for length.`]),
    ...(omitted === 0 ? [] : [leftOut(omitted)]),
  ];
  return `${[...lines, ...notes.flatMap((note) => ['', note])].join('\n')}\n`;
};
