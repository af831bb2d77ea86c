// The tables of one image: one column per arm, as many arms side by side as the width allows.
import { shortName } from '../format.ts';
import { isMeasuredFor, type ShownArm, shownArms } from '../shown-arms.ts';
import { asciiText, joinParts, truncate } from '../text.ts';
import type { ArmView, RowView, SectionView, TableView } from '../view-tables.ts';
import { type CellDetail, cellText, FULL_DETAIL, REDUCED_DETAILS } from './cells.ts';
import { type DrawnColumn, drawColumn, GAP, headLines, plainCell, rowLine } from './columns.ts';

interface TableStyle {
  readonly columns: number;
  readonly color: boolean;
}

const rowsOf = (sections: readonly SectionView[]): readonly RowView[] => sections.flatMap(({ rows }) => rows);

const drawArm = (rows: readonly RowView[], { arm, index }: ShownArm, detail: CellDetail): DrawnColumn =>
  drawColumn({
    title: asciiText(arm.id),
    cells: rows.map((row) => cellText(row, arm, row.cells[index]!, detail)),
  });

const drawLabels = (rows: readonly RowView[]): DrawnColumn =>
  drawColumn({
    title: '',
    cells: rows.map(({ metric }) => plainCell(`  ${asciiText(shortName(metric))}`)),
  });

/** One table: the sections in which any of the compared arms was measured, under one set of columns. */
const partLines = (
  sections: readonly SectionView[],
  arms: readonly ShownArm[],
  detail: CellDetail,
  { columns, color }: TableStyle,
): string[] => {
  const rows = rowsOf(sections);
  const labels = drawLabels(rows);
  const drawn = arms.map((arm) => drawArm(rows, arm, detail));
  let row = 0;
  const lines = sections.flatMap((section) => {
    const heading = truncate(asciiText(joinParts(section.scenario, section.params)), columns);
    return [
      color ? `\x1b[1m${heading}\x1b[0m` : heading,
      ...section.rows.map(() => rowLine(labels, drawn, row++, color)),
    ];
  });
  return [...headLines(labels.width, drawn), ...lines, ''];
};

/** Arms side by side up to `room` columns; a wider arm is alone. */
const packArms = (
  arms: readonly ShownArm[],
  widthOf: (arm: ShownArm) => number,
  room: number,
): ShownArm[][] => {
  const packed: ShownArm[][] = [];
  let used = 0;
  for (const arm of arms) {
    const width = widthOf(arm) + GAP.length;
    if (packed.length === 0 || used + width > room) {
      packed.push([]);
      used = 0;
    }
    packed.at(-1)!.push(arm);
    used += width;
  }
  return packed;
};

/** Headline arms and variants are not mixed. Medians are left out only where an arm with them is wider than the room. */
const chooseLayout = (
  rows: readonly RowView[],
  compared: readonly ShownArm[],
  room: number,
): { readonly detail: CellDetail; readonly parts: readonly ShownArm[][] } => {
  const widthIn = (detail: CellDetail) => (arm: ShownArm) => drawArm(rows, arm, detail).width;
  const partsIn = (detail: CellDetail): ShownArm[][] =>
    [false, true].flatMap((variant) =>
      packArms(
        compared.filter(({ arm }) => arm.variant === variant),
        widthIn(detail),
        room,
      ),
    );
  const fits = (detail: CellDetail): boolean =>
    compared.every((arm) => GAP.length + widthIn(detail)(arm) <= room);
  const detail = [FULL_DETAIL, ...REDUCED_DETAILS].find(fits) ?? REDUCED_DETAILS.at(-1)!;
  return { detail, parts: partsIn(detail) };
};

export const armTables = (table: TableView, arms: readonly ArmView[], style: TableStyle): string[] => {
  const rows = rowsOf(table.sections);
  const shown = shownArms(table, arms);
  const inRole = (role: ArmView['role']) => shown.filter(({ arm }) => arm.role === role);
  const [baseline, nullArm] = [inRole('baseline'), inRole('null')];
  const fixedWidth = [...baseline, ...nullArm].reduce(
    (sum, arm) => sum + drawArm(rows, arm, FULL_DETAIL).width + GAP.length,
    drawLabels(rows).width,
  );
  const { detail, parts } = chooseLayout(rows, inRole('arm'), style.columns - fixedWidth);
  return (parts.length === 0 ? [[]] : parts).flatMap((compared) =>
    partLines(
      table.sections.filter((section) => isMeasuredFor(section, compared)),
      [...baseline, ...compared, ...nullArm],
      detail,
      style,
    ),
  );
};
