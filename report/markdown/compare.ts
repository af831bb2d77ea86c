// A comparison for a pull request: regressions first, then other changes; equal counts are only counted.
import { VERDICTS } from '../../results/compare/verdict.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import type { Gate } from '../../results/gate/gate.ts';
import { countedText, latencyText, placeText, reasonText } from '../compare/words.ts';
import { formatRatio, shortName } from '../format.ts';
import { verdictText } from '../verdict-words.ts';
import { type MarkdownTable, markdownOf, md, numberColumn, textColumn } from './lines.ts';

const STATUSES: readonly ExactStatus[] = [
  'worse',
  'varies',
  'vanished',
  'better',
  'new',
  'demoted',
  'unjudged',
  'incomparable',
];

const because = (row: ExactResult): string =>
  row.because.length === 0 ? reasonText(row) : `${reasonText(row)}; ${row.because.join('; ')}`;

const countsTable = (comparison: Comparison): MarkdownTable => ({
  title: 'Counts that differ',
  columns: [textColumn('status'), textColumn('where'), textColumn('what'), textColumn('change')],
  rows: STATUSES.flatMap((status) => comparison.exact.filter((row) => row.status === status)).map((row) => [
    row.status,
    md(placeText(row.place)),
    md(countedText(row)),
    md(because(row)),
  ]),
});

const latenciesTable = ({ kind, latencies: { rows } }: Comparison): MarkdownTable => ({
  title: kind === 'two runs' ? 'Latencies of the head against its own baseline, not gated' : 'Latencies',
  columns: [
    textColumn('verdict'),
    textColumn('where'),
    textColumn('metric'),
    numberColumn('change'),
    numberColumn('base against itself'),
  ],
  rows: [...rows]
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .map((row) => [
      row.judged === 'red' ? `**${verdictText(row)}**` : md(verdictText(row)),
      md(placeText(row.place)),
      md(shortName(row.metric)),
      md(latencyText(row)),
      row.nullRatio === null ? '' : formatRatio(row.nullRatio),
    ]),
});

const machinesTable = (comparison: Comparison): MarkdownTable => ({
  title: 'Differences between the machines',
  columns: [textColumn('item')],
  rows: comparison.environment.map((line) => [md(line)]),
});

/** Notices must not push the rows out. */
const MOST_NOTICES = 10;

const noticeLines = (notices: readonly string[]): readonly string[] => [
  ...notices.slice(0, MOST_NOTICES).flatMap((line) => ['', `Notice: ${md(line)}`]),
  ...(notices.length > MOST_NOTICES ? ['', `${notices.length - MOST_NOTICES} more notices.`] : []),
];

/** Ends in a newline; always shorter than 60,000 characters. */
export const compareMarkdown = (comparison: Comparison, gate: Gate | null): string => {
  const equal = comparison.exact.filter(({ status }) => status === 'equal').length;
  return markdownOf(
    [
      gate === null
        ? '## cfsbench: comparison'
        : `## cfsbench: ${gate.exit === 0 ? 'nothing worse' : md(gate.why)}`,
      '',
      `Base ${md(comparison.base)}, head ${md(comparison.head)}; ${equal} counts are equal.`,
      ...noticeLines(comparison.notices),
    ],
    [countsTable(comparison), latenciesTable(comparison), machinesTable(comparison)],
  );
};
