// A comparison for a pull request: the verdict, the worst rows, and everything else folded. Counts that changed together share a row.
import { VERDICTS } from '../../results/compare/verdict.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import type { Gate } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { groupsBy } from '../analysis/group-by.ts';
import { type Cause, causesOf } from '../compare/causes.ts';
import { type RedGroup, redGroups } from '../compare/explain.ts';
import { latencyText, placeText } from '../compare/words.ts';
import { formatRatio, plural, shortName } from '../format.ts';
import { verdictText } from '../verdict-words.ts';
import { type MarkdownTable, markdownOf, md, numberColumn, textColumn } from './lines.ts';

export interface CompareMarkdownOptions {
  readonly gate: Gate;
  /** With --gate the exit code is the verdict. */
  readonly isGated: boolean;
  /** Of the head. */
  readonly run: RunFile;
}

const CAUSE_COLUMNS = [textColumn('what'), textColumn('where'), numberColumn('rows')];

const causeCells = ({ text, where, rows }: Cause): readonly string[] => [
  md(text),
  md(where),
  String(rows.length),
];

const redCells = (group: RedGroup): readonly string[] =>
  group.kind === 'counts'
    ? causeCells(group.cause)
    : [md(`${shortName(group.row.metric)} ${latencyText(group.row)}`), md(placeText(group.row.place)), '1'];

const worseTable = ({ gate, run }: CompareMarkdownOptions): MarkdownTable => {
  const groups = redGroups(gate, run);
  const causes = groups.length === gate.red.length ? '' : `, ${plural(groups.length, 'cause')}`;
  return {
    title: `Worse: ${plural(gate.red.length, 'row')}${causes}`,
    columns: CAUSE_COLUMNS,
    rows: groups.map(redCells),
  };
};

const causesTable = (
  title: string,
  rows: readonly ExactResult[],
  { run }: CompareMarkdownOptions,
): MarkdownTable => ({
  title: `${title}: ${plural(rows.length, 'count')}`,
  columns: CAUSE_COLUMNS,
  rows: causesOf(rows, run.images).map(causeCells),
  isFolded: true,
});

const latenciesTable = ({ kind, latencies }: Comparison, rows: readonly LatencyResult[]): MarkdownTable => ({
  title:
    kind === 'two runs'
      ? `Latencies of the head against its own baseline, not judged: ${plural(latencies.rows.length, 'row')}`
      : `Latencies: ${plural(rows.length, 'row')}`,
  columns: [
    textColumn('verdict'),
    textColumn('where'),
    textColumn('metric'),
    numberColumn('change'),
    numberColumn('base against itself'),
    textColumn('why not judged'),
  ],
  rows: [...rows]
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .map((row) => [
      md(verdictText(row)),
      md(placeText(row.place)),
      md(shortName(row.metric)),
      md(latencyText(row)),
      row.nullRatio === null ? '' : formatRatio(row.nullRatio),
      md(row.why),
    ]),
  isFolded: true,
});

/** Counts that could not be compared, by reason. */
const unlikeTable = ({ gate }: CompareMarkdownOptions): MarkdownTable => ({
  title: `Counts that cannot be compared: ${gate.unjudgeable.length}`,
  columns: [textColumn('why'), numberColumn('counts')],
  rows: groupsBy(gate.unjudgeable, whyUnlike).map((same) => [md(whyUnlike(same[0])), String(same.length)]),
  isFolded: true,
});

const whyUnlike = ({ status, because }: ExactResult): string => {
  if (status === 'demoted') return 'the count is not shown to be constant in the base';
  return status === 'unjudged'
    ? 'requests, and calls of FUSE servers, counted in fewer than five passes'
    : because.join('; ');
};

const machinesTable = ({ environment }: Comparison): MarkdownTable => ({
  title: `Differences between the machines: ${environment.length}`,
  columns: [textColumn('item')],
  rows: environment.map((line) => [md(line)]),
  isFolded: true,
});

/** Notices must not push the rows out. */
const MOST_NOTICES = 10;

const noticeLines = (notices: readonly string[]): readonly string[] => [
  ...notices.slice(0, MOST_NOTICES).flatMap((line) => ['', `Notice: ${md(line)}`]),
  ...(notices.length > MOST_NOTICES ? ['', `${notices.length - MOST_NOTICES} more notices.`] : []),
];

/** Ends in a newline; always shorter than 60,000 characters. */
export const compareMarkdown = (comparison: Comparison, options: CompareMarkdownOptions): string => {
  const { gate, isGated } = options;
  const having = (status: ExactStatus): readonly ExactResult[] =>
    comparison.exact.filter((row) => row.status === status);
  const red = new Set(gate.red.map(({ row }) => row));
  const others = comparison.latencies.rows.filter((row) => !red.has(row));
  const exit = isGated ? `exit code ${gate.exit}` : 'not gated';
  return markdownOf(
    [
      `## cfsbench: ${md(gate.why)}`,
      '',
      `Base ${md(comparison.base)}, head ${md(comparison.head)}; ${exit}; ${plural(having('equal').length, 'count')} equal.`,
      ...noticeLines(comparison.notices),
    ],
    [
      worseTable(options),
      causesTable('Fewer than in the base', having('better'), options),
      causesTable('In the head only', having('new'), options),
      latenciesTable(comparison, others),
      unlikeTable(options),
      machinesTable(comparison),
    ],
  );
};
