// A comparison for a pull request: what is worse first, then what changed; equal counts are a number.
import { VERDICTS } from '../../results/compare/verdict.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import type { Gate } from '../../results/gate/gate.ts';
import { countedText, latencyText, placeText, reasonText } from '../compare/words.ts';
import { formatRatio, shortName } from '../format.ts';
import { verdictText } from '../verdict-words.ts';
import { type Block, markdownOf, md } from './lines.ts';

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

const counts = (comparison: Comparison): Block => ({
  title: 'Counts that are not equal',
  columns: [
    { title: 'status', isNumber: false },
    { title: 'where', isNumber: false },
    { title: 'what', isNumber: false },
    { title: 'change', isNumber: false },
  ],
  rows: STATUSES.flatMap((status) => comparison.exact.filter((row) => row.status === status)).map((row) => [
    row.status,
    md(placeText(row.place)),
    md(countedText(row)),
    md(because(row)),
  ]),
});

const latencies = ({ kind, latencies: { rows } }: Comparison): Block => ({
  title: kind === 'two runs' ? 'Latencies of the head, against its own baseline: not gated' : 'Latencies',
  columns: [
    { title: 'verdict', isNumber: false },
    { title: 'where', isNumber: false },
    { title: 'metric', isNumber: false },
    { title: 'change', isNumber: true },
    { title: 'base against itself', isNumber: true },
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

const differing = (comparison: Comparison): Block => ({
  title: 'What differs between the machines',
  columns: [{ title: 'item', isNumber: false }],
  rows: comparison.environment.map((line) => [md(line)]),
});

/** A few of them: they must not push the rows out. */
const MOST_NOTICES = 10;

const noticeLines = (notices: readonly string[]): readonly string[] => [
  ...notices.slice(0, MOST_NOTICES).flatMap((line) => ['', `Notice: ${md(line)}`]),
  ...(notices.length > MOST_NOTICES ? ['', `${notices.length - MOST_NOTICES} more notices.`] : []),
];

/** Ends in a newline; never 60,000 characters or more. */
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
    [counts(comparison), latencies(comparison), differing(comparison)],
  );
};
