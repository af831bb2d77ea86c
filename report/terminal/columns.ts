// Columns whose cells have several parts; each part is aligned with the parts above and below it.
import type { Verdict } from '../../results/compare/verdict.ts';
import { splitAt } from '../text.ts';

export const GAP = ' ';
/** Index of the verdict's word among an arm's parts: the only part that is aligned left. */
const VERDICT_PART = 3;
const COLORS: Readonly<Record<Verdict, number>> = {
  faster: 32,
  slower: 31,
  same: 36,
  belowFloor: 36,
  undecided: 2,
  tooFew: 2,
};

export interface CellText {
  readonly parts: readonly string[];
  readonly verdict: Verdict | null;
}

interface TextColumn {
  readonly title: string;
  readonly cells: readonly CellText[];
}

export const plainCell = (...parts: readonly string[]): CellText => ({ parts, verdict: null });

const partWidths = ({ cells }: TextColumn): number[] =>
  (cells[0]?.parts ?? []).map((_, part) => Math.max(...cells.map(({ parts }) => parts[part]!.length)));

const cellLines = (column: TextColumn): readonly string[] => {
  const widths = partWidths(column);
  return column.cells.map(({ parts }) =>
    parts
      .map((part, index) =>
        index === VERDICT_PART ? part.padEnd(widths[index]!) : part.padStart(widths[index]!),
      )
      .filter((part) => part.length > 0)
      .join(GAP),
  );
};

const WIDEST_TITLE_PIECE = 16;

/** Breaks a name at its hyphens and commas, so that the title is no wider than the column's cells. */
const titleLines = (title: string, width: number): readonly string[] => {
  const lines: string[] = [''];
  const pieces = title
    .split(/(?<=[-@,;])/)
    .flatMap((piece) => splitAt(piece, Math.max(width, WIDEST_TITLE_PIECE)));
  for (const piece of pieces) {
    const last = lines.length - 1;
    if (lines[last] === '' || lines[last]!.length + piece.length <= width) lines[last] += piece;
    else lines.push(piece);
  }
  return lines;
};

export interface DrawnColumn {
  readonly width: number;
  readonly title: readonly string[];
  readonly body: readonly string[];
  readonly verdicts: readonly (Verdict | null)[];
}

export const drawColumn = (column: TextColumn): DrawnColumn => {
  const body = cellLines(column);
  const bodyWidth = Math.max(0, ...body.map((line) => line.length));
  const title = titleLines(column.title, bodyWidth);
  return {
    width: Math.max(bodyWidth, ...title.map((line) => line.length)),
    title,
    body,
    verdicts: column.cells.map(({ verdict }) => verdict),
  };
};

const colored = (line: string, verdict: Verdict | null, color: boolean): string =>
  color && verdict !== null ? `\x1b[${COLORS[verdict]}m${line}\x1b[0m` : line;

export const headLines = (labelWidth: number, columns: readonly DrawnColumn[]): string[] => {
  const height = Math.max(...columns.map(({ title }) => title.length));
  return Array.from({ length: height }, (_, line) =>
    [
      ''.padEnd(labelWidth),
      ...columns.map(({ title, width }) => (title[line - height + title.length] ?? '').padStart(width)),
    ]
      .join(GAP)
      .trimEnd(),
  );
};

export const rowLine = (
  labels: DrawnColumn,
  columns: readonly DrawnColumn[],
  row: number,
  color: boolean,
): string =>
  [
    labels.body[row]!.padEnd(labels.width),
    ...columns.map(({ body, width, verdicts }) => colored(body[row]!.padStart(width), verdicts[row]!, color)),
  ]
    .join(GAP)
    .trimEnd();
