// Tables as they are drawn on the list: columns between bars, numbers to the right, several tables where one is too wide.
import { wrapped } from '../terminal/columns.ts';
import { COLUMNS, plainAscii } from './safe.ts';

const LONGEST_LABEL = 34;
const LONGEST_CELL = 30;
const BAR = ' | ';

/** By words, and a word that is too long by letters. */
const pieces = (text: string, width: number): readonly string[] =>
  wrapped(text, width).flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']);

const cut = (text: string): string =>
  text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL - 3)}...`;

type Row = readonly string[];

const drawn = (head: Row, rows: readonly Row[]): readonly string[] => {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]!.length)));
  const labelWidth = Math.min(LONGEST_LABEL, widths[0]!);
  const line = ([label = '', ...cells]: Row): readonly string[] =>
    pieces(label, labelWidth).map((part, at) =>
      [
        part.padEnd(labelWidth),
        ...cells.map((cell, column) => (at === 0 ? cell : '').padStart(widths[column + 1]!)),
      ].join(BAR),
    );
  const rule = ['-'.repeat(labelWidth), ...widths.slice(1).map((width) => '-'.repeat(width))].join('-|-');
  return [...line(head), rule, ...rows.flatMap(line)];
};

/** Column numbers that fit beside the label, in groups. */
const groupsOf = (head: Row, rows: readonly Row[]): readonly number[][] => {
  const width = (at: number): number => Math.max(...[head, ...rows].map((row) => row[at]!.length));
  const room = COLUMNS - Math.min(LONGEST_LABEL, width(0));
  const groups: number[][] = [];
  let used = 0;
  for (let at = 1; at < head.length; at++) {
    const needed = width(at) + BAR.length;
    if (groups.length === 0 || used + needed > room) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)!.push(at);
    used += needed;
  }
  return groups;
};

/** The first column holds the labels. Without rows there is no table. */
export const pipeTable = (head: Row, rows: readonly Row[]): readonly string[] => {
  if (rows.length === 0) return [];
  const clean = ([label = '', ...cells]: Row): Row => [
    plainAscii(label),
    ...cells.map((cell) => cut(plainAscii(cell))),
  ];
  const [plainHead, plainRows] = [clean(head), rows.map(clean)];
  return groupsOf(plainHead, plainRows).flatMap((group, index) => [
    ...(index === 0 ? [] : ['']),
    ...drawn(
      [0, ...group].map((at) => plainHead[at]!),
      plainRows.map((row) => [0, ...group].map((at) => row[at]!)),
    ),
  ]);
};
