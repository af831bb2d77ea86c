// A run for a pull request or a step summary: the finding, the verdicts in a line, the largest differences, everything else folded.
import { VERDICTS, type Verdict } from '../../results/compare/verdict.ts';
import { alerts, otherWarnings, problemCounts } from '../alert.ts';
import { askedOf, decidingLine } from '../claims/words.ts';
import { fleetText } from '../fleet/machine.ts';
import { fleetTables } from '../fleet/markdown.ts';
import { formatValue, plural, ratioText, runsApartText, shortName } from '../format.ts';
import { chanceText, runsText } from '../standing.ts';
import { cellText } from '../tampering/text.ts';
import { joinParts } from '../text.ts';
import { verdictText } from '../verdict-words.ts';
import type { ReportView } from '../view.ts';
import type { TableView, VersusView } from '../view-tables.ts';
import { LONGEST_PARAGRAPH, type MarkdownTable, markdownOf, md, numberColumn, textColumn } from './lines.ts';

const isDifference = ({ verdict }: VersusView): boolean => verdict === 'slower' || verdict === 'faster';

const verdictCell = (versus: VersusView): string =>
  isDifference(versus) ? `**${verdictText(versus)}**` : md(verdictText(versus));

interface JudgedLine {
  readonly versus: VersusView;
  readonly cells: readonly string[];
}

const judgedLines = (view: ReportView, tables: readonly TableView[]): readonly JudgedLine[] =>
  tables.flatMap((table) =>
    table.sections.flatMap((section) =>
      section.rows.flatMap((row) =>
        row.cells.flatMap((cell, at): JudgedLine[] => {
          const arm = view.arms[at]!;
          if (cell.kind === 'absent' || cell.versus === null || arm.role !== 'arm') return [];
          const { versus } = cell;
          const cells = [
            verdictCell(versus),
            md(joinParts(section.scenario, section.params)),
            md(table.image ?? 'all images'),
            md(shortName(row.metric)),
            md(arm.id),
            cell.kind === 'value' ? md(formatValue(row.metric, cell.median)) : '',
            ratioText(versus.ratio),
            ...(view.pool === null ? [] : [runsApartText(versus.ratio)]),
          ];
          return [{ versus, cells }];
        }),
      ),
    ),
  );

const logOf = ({ ratio }: VersusView): number =>
  ratio.kind === 'interval' ? Math.abs(Math.log(ratio.center)) : 0;

/** Worse first, and the largest difference first. */
const byWorse = (a: JudgedLine, b: JudgedLine): number =>
  VERDICTS.indexOf(a.versus.verdict) - VERDICTS.indexOf(b.versus.verdict) ||
  (isDifference(a.versus) ? logOf(b.versus) - logOf(a.versus) : 0);

const timesTable = (view: ReportView, title: string, lines: readonly JudgedLine[]): MarkdownTable => ({
  title,
  columns: [
    ...['verdict', 'scenario', 'image', 'metric', 'arm'].map(textColumn),
    ...['median', 'ratio', ...(view.pool === null ? [] : ['between runs'])].map(numberColumn),
  ],
  rows: [...lines].sort(byWorse).map(({ cells }) => cells),
});

const joinSentences = (reason: string, wouldDecide: string | null): string =>
  wouldDecide === null ? reason : `${reason}; would decide: ${wouldDecide}`;

const claimsTable = (view: ReportView): MarkdownTable => {
  const asked = askedOf(view.claims);
  return {
    title: `Claims on trial: ${asked.length}`,
    columns: ['claim', 'verdict', 'text', 'number or reason'].map(textColumn),
    rows: asked.map((claim) => [
      md(claim.id),
      claim.verdict === 'failed' ? '**failed**' : md(claim.verdict),
      md(claim.text),
      md(joinSentences(decidingLine(claim), claim.wouldDecide)),
    ]),
    isFolded: true,
  };
};

const missingTable = (view: ReportView): MarkdownTable => {
  const rows = [
    ...view.skipped.map(({ where, what }) => [md(where), md(what)]),
    ...view.dropped.map(({ short }) => [md(short), 'no time in the budget']),
  ];
  return {
    title: `Not measured, or not completely: ${rows.length}`,
    columns: ['what', 'why'].map(textColumn),
    rows,
    isFolded: true,
  };
};

const problemTable = (view: ReportView): MarkdownTable => {
  const rows = [
    ...view.failures.map(({ where, what }) => ['failed', md(where), md(what, LONGEST_PARAGRAPH)]),
    ...otherWarnings(view).map((line) => ['warning', '', md(line, LONGEST_PARAGRAPH)]),
    ...view.notes.map((line) => ['note', '', md(line)]),
  ];
  return {
    title: problemCounts(view),
    columns: ['kind', 'where', 'what'].map(textColumn),
    rows,
    isFolded: true,
  };
};

/** Folded: it is the same in every run on one kernel. */
const tamperTables = ({ tampering }: ReportView): readonly MarkdownTable[] =>
  tampering.map(({ image, columns, rows, untried }) => ({
    title: `Attacks on ${md(image)}, and where each ends${untried.length === 0 ? '' : `; not tried: ${md(untried.map(({ level }) => level).join(', '))}`}`,
    columns: [
      textColumn('what is changed'),
      ...columns.map(({ arm, level }) => textColumn(md(`${arm}, ${level.title}`))),
    ],
    rows: rows.map(({ label, cells }) => [
      md(label),
      ...cells.map((cell) => (cell.kind === 'served' ? `**${cellText(cell)}**` : md(cellText(cell)))),
    ]),
    isFolded: true,
  }));

const COUNTED: readonly (readonly [word: string, verdicts: readonly Verdict[]])[] = [
  ['slower', ['slower']],
  ['faster', ['faster']],
  ['the same or below the floor', ['same', 'belowFloor']],
  ['undecided', ['undecided']],
  ['with too few values', ['tooFew']],
];

/** `Of 40 rows against erofs-overlay: 12 slower, 3 undecided.` */
const verdictLine = (view: ReportView, lines: readonly JudgedLine[]): string => {
  const parts = COUNTED.map(
    ([word, verdicts]) =>
      [word, lines.filter(({ versus }) => verdicts.includes(versus.verdict)).length] as const,
  ).filter(([, count]) => count > 0);
  return lines.length === 0
    ? 'No row is judged.'
    : `Of ${plural(lines.length, 'row')} of other backends against ${md(view.baseline)}: ${parts.map(([word, count]) => `${count} ${word}`).join(', ')} (rows overlap: sums and rates contain single phases).`;
};

/** Ends in a newline; always shorter than 60,000 characters. */
export const runMarkdown = (view: ReportView): string => {
  const { environment: env, plan } = view;
  const headline = judgedLines(
    view,
    (view.tables.length > 0 ? view.tables : view.own).filter(({ image }) => image !== null),
  );
  const further = judgedLines(view, view.further);
  const intro = [
    `## cfsbench: ${md(view.id)}`,
    '',
    ...view.finding.map((sentence) => `- ${md(sentence, LONGEST_PARAGRAPH)}`),
    ...alerts(view).flatMap((line) => ['', `**${md(line, LONGEST_PARAGRAPH)}**`]),
    '',
    `${verdictLine(view, headline)} Backends of ${view.pool === null ? 'one run' : 'the same runs'} are compared, not a change with its base: that is \`cfsbench compare BASE RUN\`.`,
    '',
    `${md(fleetText(view) ?? `Linux ${env.kernel}, ${env.cpuCount} × ${env.cpuModel}`)}; profile ${md(plan.profile)}, seed ${md(plan.seed)}. ${md(runsText(view))} ${md(chanceText(view))}`,
  ];
  return markdownOf(intro, [
    timesTable(view, `Against ${md(view.baseline)}, worse first`, headline),
    ...(view.pool === null ? [] : fleetTables(view.pool)),
    claimsTable(view),
    ...tamperTables(view),
    problemTable(view),
    missingTable(view),
    { ...timesTable(view, `Further times: ${plural(further.length, 'row')}`, further), isFolded: true },
  ]);
};
