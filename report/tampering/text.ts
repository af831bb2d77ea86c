// The table of attacks as text: a letter for each cell, so that every column fits into a mail.
import { groupBy } from '../analysis/group-by.ts';
import { asciiText, wrapText } from '../text.ts';
import type { TamperCell, TamperView } from './table.ts';
import { COMPUTED, LEVELS } from './words.ts';

/** Words for a cell, the same everywhere. */
export const cellText = (cell: TamperCell): string => {
  switch (cell.kind) {
    case 'refused':
      return `refused at ${cell.at}`;
    case 'noticed':
      return 'noticed';
    case 'served':
      return 'served';
    case 'unseen':
      return 'not shown';
    case 'varies':
      return `passes differ: ${cell.ends.join(', ') || 'nothing'}`;
    case 'untried':
      return 'not tried';
  }
};

const letterOf = (cell: TamperCell): string => {
  switch (cell.kind) {
    case 'refused':
      return cell.at[0]!.toUpperCase();
    case 'noticed':
      return 'n';
    case 'served':
      return 'x';
    case 'unseen':
      return '=';
    case 'varies':
      return '?';
    case 'untried':
      return '.';
  }
};

const LETTERS: readonly (readonly [letter: string, text: string])[] = [
  ['x', 'x served: a reader gets what the attacker wrote'],
  ['P', 'P refused at pull'],
  ['C', 'C the change is refused'],
  ['M', 'M refused at mount'],
  ['O', 'O refused at open'],
  ['R', 'R refused at read'],
  ['n', 'n a computed digest differs, nothing refuses it'],
  ['=', '= the mount shows what was there before'],
  ['?', '? passes differ'],
  ['.', '. not tried'],
];

const LABEL_COLUMNS = 24;
const CELL_COLUMNS = 3;
const MOST_LEVELS_INDENT = 4;

/** `1 2: nothing: composefs-fuse, erofs-overlay`. */
const columnLines = ({ columns }: TamperView, width: number): readonly string[] =>
  [...LEVELS, ...COMPUTED].flatMap(({ id, title }) => {
    const here = columns.flatMap(({ arm, level }, at) => (level.id === id ? [[at + 1, arm] as const] : []));
    if (here.length === 0) return [];
    const text = `${title}: ${here.map(([number, arm]) => `${number} ${arm}`).join(', ')}`;
    return wrapText(asciiText(text), width, { hanging: ' '.repeat(MOST_LEVELS_INDENT) });
  });

const rowLine = (label: string, cells: readonly string[]): string =>
  `${label.padEnd(LABEL_COLUMNS)}${cells.map((cell) => cell.padStart(CELL_COLUMNS)).join('')}`;

const tableOf = (view: TamperView, from: number, most: number): readonly string[] => [
  rowLine(
    '',
    view.columns.slice(from, from + most).map((_, at) => String(from + at + 1)),
  ),
  ...view.rows.map(({ label, cells }) => rowLine(label, cells.slice(from, from + most).map(letterOf))),
];

/** ASCII, at most `width` columns wide. */
export const tamperLines = (view: TamperView, width: number): readonly string[] => {
  const most = Math.max(1, Math.floor((width - LABEL_COLUMNS) / CELL_COLUMNS));
  const used = new Set(view.rows.flatMap(({ cells }) => cells.map(letterOf)));
  const tables: string[] = [];
  for (let from = 0; from < view.columns.length; from += most) tables.push(...tableOf(view, from, most));
  return [
    ...columnLines(view, width),
    ...tables,
    ...wrapText(
      LETTERS.filter(([letter]) => used.has(letter))
        .map(([, text]) => text)
        .join('; '),
      width,
    ),
    ...[...groupBy(view.untried, ({ reason }) => reason)].flatMap(([reason, levels]) =>
      wrapText(asciiText(`Not tried: ${levels.map(({ level }) => level).join('; ')} (${reason})`), width, {
        hanging: '  ',
      }),
    ),
  ];
};
