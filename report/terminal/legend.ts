// The legend below the tables: only the words that occur in them.
import type { Verdict } from '../../results/compare/verdict.ts';
import { shortName } from '../format.ts';
import { shownArms } from '../shown-arms.ts';
import { centerText, isOverMachines } from '../standing.ts';
import { asciiText, definitionLines } from '../text.ts';
import { FLOOR_TEXT, verdictMeanings } from '../verdict-rules.ts';
import { markText } from '../verdict-words.ts';
import type { ReportView } from '../view.ts';
import type { CellView, TableView, VersusView } from '../view-tables.ts';

/** In the order in which the legend explains them. */
const ORDER: readonly Verdict[] = ['faster', 'slower', 'same', 'belowFloor', 'undecided', 'tooFew'];

/** Rows whose names do not say what they are, in the order of the table. */
const ROWS: readonly (readonly [metric: string, text: string])[] = [
  ['checkoutWallNs', 'create + destroy, of any arm'],
  // Without it the rows could not be added up to a life.
  ['imagesPerSecond', 'whole lives, including one start of cat in the image, which has no row'],
  ['pulledImagesPerSecond', 'the same with one ingest and one collect per image'],
  ['commandStartWallNs', 'starting a command that does nothing: the part of a start that no arm causes'],
];

const versusOf = (cell: CellView): readonly VersusView[] =>
  cell.kind === 'absent' || cell.versus === null ? [] : [cell.versus];

export const legendLines = (
  view: ReportView,
  tables: readonly TableView[],
  columns: number,
): readonly string[] => {
  const cells = tables.flatMap((table) => {
    const compared = shownArms(table, view.arms).filter(({ arm }) => arm.role === 'arm');
    return table.sections.flatMap(({ rows }) =>
      rows.flatMap((row) => compared.map(({ index }) => row.cells[index]!)),
    );
  });
  const judged = cells.flatMap(versusOf);
  const meanings = verdictMeanings(view);
  const verdicts = ORDER.flatMap((verdict): [string, string][] => {
    const marks = new Set(judged.filter((one) => one.verdict === verdict).map(markText));
    const word = verdict === 'undecided' ? 'undecided: ' : '';
    return marks.size === 0 ? [] : [[[...marks].join(', '), `${word}${meanings[verdict]}`]];
  });
  const metrics = new Set(
    tables.flatMap(({ sections }) => sections.flatMap(({ rows }) => rows.map(({ metric }) => metric))),
  );
  const isIdle = cells.some((cell) => cell.kind === 'value' && cell.idle);
  const rows: readonly (readonly [string, string])[] = [
    ['ratio', `to ${view.baseline}: ${centerText(view)}, with its interval`],
    ...verdicts,
    ['floor', FLOOR_TEXT],
    ...ROWS.filter(([metric]) => metrics.has(metric)).map(
      ([metric, text]) => [shortName(metric), text] as const,
    ),
    ...(cells.some(({ kind }) => kind === 'absent') ? [['-', 'not measured of this arm'] as const] : []),
    ...(view.pool === null
      ? []
      : [
          [
            'run sd',
            'standard deviation between runs, beyond what their blocks explain; left out where they explain all of it, and in narrow tables',
          ] as const,
        ]),
    ...(view.pool !== null && isOverMachines(view.pool)
      ? [['machine sd', 'the same between machines, beyond what their runs explain'] as const]
      : []),
    ...(isIdle ? [['no calls', 'the arm makes no system call in this phase'] as const] : []),
    ...(view.arms.some(({ role }) => role === 'null')
      ? [['null', `${view.baseline} again: its ratio is the noise of this machine`] as const]
      : []),
  ];
  return definitionLines(
    rows.map(([term, text]) => [asciiText(term), asciiText(text)]),
    columns,
  );
};
