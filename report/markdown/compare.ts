// A comparison for a pull request: the verdict, what is worse, what changed, and the rest counted. Always below the limit.
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import type { Gate, Red } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import { countedText, latencyText, placeText, ratioText, reasonText } from '../compare/words.ts';
import { formatRatio, shortName } from '../format.ts';
import { name, prose } from './escape.ts';
import { type Block, fitted, folded, row, table } from './fit.ts';

/** Together a fraction of the limit, so that rows have room. */
const MOST_NOTICES = 10;
const LONGEST_NOTICE = 200;

const EXACT_HEAD = ['where', 'what', 'base → head'];
const LATENCY_HEAD = ['where', 'metric', 'ratio and interval', 'verdict', 'null', 'n'];
const LATENCY_WORDS = ['where', 'metric', 'verdict'];

const WORDS: Readonly<Record<LatencyResult['verdict'], string>> = {
  slower: '**slower**',
  faster: '**faster**',
  undecided: 'undecided',
  tooFew: 'too few blocks',
  same: 'same',
};
const ORDER: readonly LatencyResult['verdict'][] = ['slower', 'faster', 'undecided', 'tooFew', 'same'];

const whatHappened = (one: ExactResult): string =>
  [reasonText(one), ...one.because].filter((part) => part !== '').join('; ');

const exactRow = (one: ExactResult): string =>
  row([name(placeText(one.place)), name(countedText(one)), prose(whatHappened(one))]);

const redRow = (red: Red): string =>
  red.kind === 'exact'
    ? row([name(placeText(red.row.place)), name(countedText(red.row)), prose(whatHappened(red.row))])
    : row([name(placeText(red.row.place)), name(red.row.metric), prose(latencyText(red.row))]);

const exactBlock = (title: string, rows: readonly ExactResult[]): readonly Block[] =>
  rows.length === 0
    ? []
    : [
        {
          head: [`#### ${title}: ${rows.length}`, '', ...table(EXACT_HEAD)],
          rows: rows.map(exactRow),
          tail: [''],
        },
      ];

const latencyRow = (one: LatencyResult): string =>
  row([
    name(placeText(one.place)),
    name(shortName(one.metric)),
    prose(ratioText(one)),
    WORDS[one.verdict],
    one.nullRatio === null ? '' : `${formatRatio(one.nullRatio)}×`,
    String(one.n),
  ]);

const latencyBlock = (rows: readonly LatencyResult[]): Block => ({
  head: table(LATENCY_HEAD, LATENCY_WORDS),
  rows: [...rows].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)).map(latencyRow),
  tail: [''],
});

const isChanged = ({ verdict }: LatencyResult): boolean => verdict === 'slower' || verdict === 'faster';

const latencies = ({ kind, latencies: { rows } }: Comparison): readonly Block[] => {
  const changed = rows.filter(isChanged);
  const rest = rows.filter((one) => !isChanged(one));
  const title =
    kind === 'two arms'
      ? 'Times that changed, interleaved in one run'
      : kind === 'two runs'
        ? "The head's times against its own baseline: shown, never gated between runs"
        : 'Times that differ from the baseline of the run';
  const block = latencyBlock(changed);
  return [
    ...(changed.length === 0
      ? []
      : [{ ...block, head: [`#### ${title}: ${changed.length}`, '', ...block.head] }]),
    ...(rest.length === 0 ? [] : [folded(`Times undecided or the same: ${rest.length}`, latencyBlock(rest))]),
  ];
};

const STATUSES = [
  'equal',
  'better',
  'worse',
  'varies',
  'demoted',
  'incomparable',
  'unjudged',
  'vanished',
  'new',
] as const satisfies readonly ExactStatus[];

const countsLine = ({ exact }: Comparison): string => {
  const parts = STATUSES.map(
    (status) => [exact.filter((one) => one.status === status).length, status] as const,
  )
    .filter(([n]) => n > 0)
    .map(([n, status]) => `${n} ${status}`);
  return parts.length === 0 ? '' : `Counts: ${parts.join(', ')}.`;
};

const verdictLine = (gate: Gate | null): string => {
  if (gate === null) return '';
  return `${gate.exit === 0 ? '✅' : '❌'} **${prose(gate.why)}** (exit code ${gate.exit})`;
};

const lines = (texts: readonly string[]): readonly string[] => texts.filter((text) => text !== '');

const notices = (comparison: Comparison): readonly Block[] =>
  comparison.notices.length === 0
    ? []
    : [
        {
          head: [],
          rows: comparison.notices.slice(0, MOST_NOTICES).map((text) => `> ${prose(text, LONGEST_NOTICE)}`),
          tail: comparison.notices.length > MOST_NOTICES ? ['> …', ''] : [''],
        },
      ];

const withStatus = ({ exact }: Comparison, status: ExactStatus): readonly ExactResult[] =>
  exact.filter((one) => one.status === status);

/** What a gate calls worse, or what is worse where nothing gates. */
const worse = (comparison: Comparison, gate: Gate | null): readonly Block[] => {
  if (gate === null)
    return [
      ...exactBlock('More than in the base', withStatus(comparison, 'worse')),
      ...exactBlock('Constant in the base, not in the head', withStatus(comparison, 'varies')),
      ...exactBlock('In the base only', withStatus(comparison, 'vanished')),
    ];
  return gate.red.length === 0
    ? []
    : [
        {
          head: [`#### Worse: ${gate.red.length}`, '', ...table(EXACT_HEAD)],
          rows: gate.red.map(redRow),
          tail: [''],
        },
      ];
};

export const compareMarkdown = (comparison: Comparison, gate: Gate | null): string =>
  fitted([
    {
      head: [
        `### cfsbench: ${name(comparison.base)} → ${name(comparison.head)}`,
        '',
        ...lines([verdictLine(gate), countsLine(comparison)]).flatMap((text) => [text, '']),
      ],
      rows: [],
      tail: [],
    },
    ...notices(comparison),
    ...worse(comparison, gate),
    ...exactBlock('Less than in the base', withStatus(comparison, 'better')),
    ...latencies(comparison),
    ...exactBlock('In the head only', withStatus(comparison, 'new')),
    ...(comparison.environment.length === 0
      ? []
      : [
          folded('What differs between the machines', {
            head: [],
            rows: comparison.environment.map((text) => `- ${prose(text)}`),
            tail: [],
          }),
        ]),
  ]);
