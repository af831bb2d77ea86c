// Attacks under each kernel: a table for each level of protection.
import type { TamperCell, TamperView } from '../tampering/table.ts';
import { cellText } from '../tampering/text.ts';
import { ATTACKS, COMPUTED, LEVELS } from '../tampering/words.ts';
import type { MatrixCell, MatrixRow, MatrixTable } from './view.ts';

const KINDS: Readonly<Record<TamperCell['kind'], MatrixCell['kind']>> = {
  refused: 'yes',
  // Nothing refuses it.
  noticed: 'plain',
  served: 'no',
  unseen: 'plain',
  varies: 'plain',
  untried: 'absent',
};

/** Served in one pass is served. */
const kindOf = (cell: TamperCell): MatrixCell['kind'] =>
  cell.kind === 'varies' && cell.ends.includes('served') ? 'no' : KINDS[cell.kind];

const cellOf = (cell: TamperCell): MatrixCell => ({
  text: cellText(cell),
  detail: cell.kind === 'untried' ? cell.reason : '',
  kind: kindOf(cell),
});

/** Of one attack on several images; one that is served decides. */
const together = (cells: readonly TamperCell[]): MatrixCell => {
  const [first, ...others] = new Map(cells.map((cell) => [cellText(cell), cell])).values();
  if (others.length === 0) return cellOf(first!);
  const kinds = new Set(cells.map(kindOf));
  return {
    text: [first!, ...others].map(cellText).join('; '),
    detail: 'images differ',
    kind: kinds.has('no') ? 'no' : kinds.size === 1 ? [...kinds][0]! : 'plain',
  };
};

/** Of one run: the cell of an attack on a backend under a level, or why the run has no such column. */
const cellIn = (tables: readonly TamperView[], level: string, arm: string, attack: string): MatrixCell => {
  const found = tables.flatMap(({ columns, rows }): readonly TamperCell[] => {
    const at = columns.findIndex((column) => column.level.id === level && column.arm === arm);
    const cell = at < 0 ? undefined : rows.find((row) => row.attack === attack)?.cells[at];
    return cell === undefined ? [] : [cell];
  });
  const tried = found.filter(({ kind }) => kind !== 'untried');
  if (found.length > 0) return together(tried.length > 0 ? tried : found);
  const title = LEVELS.find(({ id }) => id === level)?.title;
  const untried = tables.flatMap((table) => table.untried).find((one) => one.level === title);
  return { text: '-', detail: untried?.reason ?? '', kind: 'absent' };
};

/** `runs`: the tables of each, in the order of the kernels. */
export const tamperTables = (runs: readonly (readonly TamperView[])[]): readonly MatrixTable[] =>
  [...LEVELS, ...COMPUTED].map(({ id: level, title, by }): MatrixTable => {
    const columns = runs.flatMap((tables) => tables.flatMap((table) => table.columns));
    const arms = new Set(columns.filter((column) => column.level.id === level).map(({ arm }) => arm));
    const rows = [...arms].flatMap((arm) =>
      ATTACKS.map(
        ({ id, label }): MatrixRow => ({
          label: `${arm}: ${label}`,
          cells: runs.map((tables) => cellIn(tables, level, arm, id)),
        }),
      ),
    );
    return {
      title: `Attacks: ${title}`,
      note: by,
      rows: rows.filter(({ cells }) => cells.some(({ kind }) => kind !== 'absent')),
    };
  });
