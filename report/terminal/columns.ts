// Columns of text whose cells have several parts, each part aligned with those above and below it.
import type { Verdict } from '../../results/compare/verdict.ts';

export const GAP = ' ';
/** Position of the verdict's word among an arm's parts. */
const MARK = 3;
const COLORS: Readonly<Record<Verdict, number>> = {
  faster: 32,
  slower: 31,
  same: 36,
  belowFloor: 36,
  undecided: 2,
  tooFew: 2,
};

/** Several parts, each padded to its column's width for that part. */
export interface Text {
  readonly parts: readonly string[];
  readonly verdict: Verdict | null;
}

export interface Column {
  readonly title: string;
  readonly cells: readonly Text[];
}

export const plain = (...parts: readonly string[]): Text => ({ parts, verdict: null });

const partWidths = ({ cells }: Column): number[] =>
  (cells[0]?.parts ?? []).map((_, part) => Math.max(...cells.map(({ parts }) => parts[part]!.length)));

const join = (parts: readonly string[]): string => parts.filter((part) => part.length > 0).join(GAP);

const body = (column: Column): readonly string[] => {
  const widths = partWidths(column);
  return column.cells.map(({ parts }) =>
    join(
      parts.map((part, index) =>
        index === MARK ? part.padEnd(widths[index]!) : part.padStart(widths[index]!),
      ),
    ),
  );
};

/** A name broken at its hyphens and commas so that no line is longer than the column needs to be. */
const broken = (title: string, width: number): readonly string[] => {
  const lines: string[] = [''];
  for (const piece of title.split(/(?<=[-@,;])/)) {
    const last = lines.length - 1;
    if (lines[last] === '' || lines[last]!.length + piece.length <= width) lines[last] += piece;
    else lines.push(piece);
  }
  return lines;
};

export interface Drawn {
  readonly width: number;
  readonly title: readonly string[];
  readonly body: readonly string[];
  readonly verdicts: readonly (Verdict | null)[];
}

export const draw = (column: Column): Drawn => {
  const lines = body(column);
  const needed = Math.max(0, ...lines.map((line) => line.length));
  const title = broken(column.title, needed);
  return {
    width: Math.max(needed, ...title.map((line) => line.length)),
    title,
    body: lines,
    verdicts: column.cells.map(({ verdict }) => verdict),
  };
};

const painted = (line: string, verdict: Verdict | null, color: boolean): string =>
  color && verdict !== null ? `\x1b[${COLORS[verdict]}m${line}\x1b[0m` : line;

export const headLines = (labelWidth: number, columns: readonly Drawn[]): string[] => {
  const heads = Math.max(...columns.map(({ title }) => title.length));
  return Array.from({ length: heads }, (_, line) =>
    [
      ''.padEnd(labelWidth),
      ...columns.map(({ title, width }) => (title[line - heads + title.length] ?? '').padStart(width)),
    ]
      .join(GAP)
      .trimEnd(),
  );
};

export const rowLine = (labels: Drawn, columns: readonly Drawn[], row: number, color: boolean): string =>
  [
    labels.body[row]!.padEnd(labels.width),
    ...columns.map(({ body: lines, width, verdicts }) =>
      painted(lines[row]!.padStart(width), verdicts[row]!, color),
    ),
  ]
    .join(GAP)
    .trimEnd();

export const wrapped = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
