// A comparison for a terminal: first the worse rows, then other changes, then rows that could not be compared; equal rows are
// counted only.
import { VERDICTS } from '../../results/compare/verdict.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { Gate } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { ascii } from '../../results/visible.ts';
import { formatRatio, ratioText, shortName } from '../format.ts';
import { tableLines, wrapText } from '../text.ts';
import { verdictText } from '../verdict-words.ts';
import { explain, shortReason } from './explain.ts';
import { changeText, countedText, groupBy, placeText, plural } from './words.ts';

interface CompareTextOptions {
  readonly columns: number;
  readonly explain: boolean;
  /** Null: compared, not judged. */
  readonly gate: Gate | null;
  readonly run: RunFile;
}

/** Longer lists are cut; --json has all entries. */
const MOST_ENTRIES = 20;

const indented = (text: string, columns: number): readonly string[] =>
  wrapText(text, columns, { indent: '  ', hanging: '    ' });

interface Section {
  readonly title: string;
  /** Default: the number of entries. */
  readonly count?: number;
  readonly entries: readonly string[];
  /** Plural name of an entry. */
  readonly noun?: string;
  readonly isWhole?: boolean;
}

const sectionLines = (section: Section, columns: number): readonly string[] => {
  const { title, entries, count = entries.length, noun = 'rows', isWhole = false } = section;
  if (entries.length === 0) return [];
  const shown = isWhole ? entries : entries.slice(0, MOST_ENTRIES);
  const rest = entries.length - shown.length;
  return [
    '',
    `${title}: ${count}`,
    ...shown.flatMap((text) => indented(text, columns)),
    ...(rest === 0 ? [] : indented(`and ${rest} more ${noun} (--json has all)`, columns)),
  ];
};

const withStatus = ({ exact }: Comparison, status: ExactStatus): readonly ExactResult[] =>
  exact.filter((row) => row.status === status);

const changeLine = (row: ExactResult): string =>
  `${placeText(row.place)}: ${countedText(row)} ${changeText(row)}`;

/** Rows of one place with one reason share an entry. */
const incomparable = (comparison: Comparison): Section => {
  const rows = withStatus(comparison, 'incomparable');
  return {
    title: 'Incomparable counts (the programs, the path or the image differ)',
    count: rows.length,
    noun: 'groups',
    entries: groupBy(rows, (row) => JSON.stringify([placeKey(row.place), row.because])).map(
      (same) =>
        `${placeText(same[0].place)}: ${plural(same.length, 'count')}: ${ascii(same[0].because.join('; '))}`,
    ),
  };
};

const notJudged = (rows: readonly LatencyResult[]): Section => {
  const reason = ({ place, why }: LatencyResult): string =>
    `${placeText(place)}: ${why || 'the rerun did not confirm it'}`;
  return {
    title: 'Not judged',
    count: rows.length,
    noun: 'groups',
    entries: groupBy(rows, reason).map(
      (same) => `${reason(same[0])}: ${same.map(({ metric }) => ascii(shortName(metric))).join(', ')}`,
    ),
  };
};

const gateSections = (
  comparison: Comparison,
  gate: Gate,
  options: CompareTextOptions,
): readonly Section[] => [
  {
    title: 'Worse',
    entries: gate.red.map((red) =>
      options.explain ? explain(red, comparison, options.run) : shortReason(red),
    ),
    isWhole: options.explain,
  },
  { title: 'Missing, as allowed', entries: gate.allowed.map(({ place }) => placeText(place)), isWhole: true },
  notJudged(gate.undecided),
];

/** Rows that a gate would call red. */
const ungatedSections = (comparison: Comparison): readonly Section[] => [
  { title: 'More than in the base', entries: withStatus(comparison, 'worse').map(changeLine) },
  {
    title: 'Constant in the base, not in the head',
    entries: withStatus(comparison, 'varies').map(changeLine),
  },
  {
    title: 'In the base only',
    entries: withStatus(comparison, 'vanished').map(
      (row) => `${placeText(row.place)}: ${countedText(row)} ${ascii(row.because.join('; '))}`,
    ),
  },
];

const otherSections = (comparison: Comparison): readonly Section[] => [
  { title: 'Less than in the base', entries: withStatus(comparison, 'better').map(changeLine) },
  {
    title: 'In the head only',
    entries: withStatus(comparison, 'new').map((row) => `${placeText(row.place)}: ${countedText(row)}`),
  },
  {
    title: 'Not constant in the base, so not compared',
    entries: withStatus(comparison, 'demoted').map(changeLine),
  },
  incomparable(comparison),
];

const latencyCells = (row: LatencyResult): readonly string[] => [
  ascii(shortName(row.metric)),
  ratioText(row.ratio),
  row.verdict === 'undecided' ? '~' : verdictText(row),
  row.detectable === null ? '' : formatRatio(row.detectable),
  row.nullRatio === null ? '' : formatRatio(row.nullRatio),
  String(row.n),
];

const latencyTables = (
  rows: readonly LatencyResult[],
  showsArm: boolean,
  columns: number,
): readonly string[] => {
  const sorted = [...rows].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  const titleOf = ({ place }: LatencyResult): string =>
    placeText({ ...place, arm: showsArm ? place.arm : '' });
  return groupBy(sorted, titleOf).flatMap((same) => [
    titleOf(same[0]),
    ...tableLines(['', 'ratio', 'verdict', 'sees', 'null', 'n'], same.map(latencyCells), columns),
  ]);
};

/** Two runs: each row with its ratio to the baseline of either run. */
const betweenRuns = ({ latencies, baseLatencies }: Comparison): readonly string[] => {
  const key = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;
  const bases = new Map((baseLatencies?.rows ?? []).map((row) => [key(row), row]));
  return latencies.rows.flatMap((row) => {
    const base = bases.get(key(row));
    return [
      `  ${placeText(row.place)}: ${ascii(shortName(row.metric))}`,
      `      base ${base === undefined ? 'absent' : ratioText(base.ratio)}  head ${ratioText(row.ratio)}`,
    ];
  });
};

const LATENCY_TITLES: Readonly<Record<Comparison['kind'], string>> = {
  'two arms': 'Latencies, interleaved in one run (sees: the smallest ratio that this run could show)',
  'two runs': 'Latencies of each run against its own baseline: shown, never judged between runs',
  'one run': 'Latencies against the baseline of the run',
};

const latencyLines = (comparison: Comparison, columns: number): readonly string[] => {
  const { kind, latencies } = comparison;
  if (latencies.rows.length === 0) return [];
  const lines =
    kind === 'two runs'
      ? betweenRuns(comparison)
      : latencyTables(latencies.rows, kind === 'one run', columns);
  return ['', ...wrapText(LATENCY_TITLES[kind], columns), ...lines.map((line) => line.slice(0, columns))];
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
] as const;

const summary = (comparison: Comparison, gate: Gate | null): string => {
  const counts = STATUSES.map((status) => [status, withStatus(comparison, status).length] as const)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${n} ${status}`);
  return [
    ...(counts.length === 0 ? [] : [`Counts: ${counts.join(', ')}.`]),
    ...(gate === null ? [] : [`Gate: ${gate.why}.`]),
  ].join(' ');
};

const head = ({ base, head: headName, notices }: Comparison, columns: number): readonly string[] => [
  ...wrapText(`base: ${ascii(base)}`, columns),
  ...wrapText(`head: ${ascii(headName)}`, columns),
  ...notices.flatMap((line) => wrapText(`notice: ${ascii(line)}`, columns)),
];

const environment = (comparison: Comparison, columns: number): readonly string[] =>
  comparison.environment.length === 0
    ? []
    : [
        '',
        'The machines differ in:',
        ...comparison.environment.flatMap((line) => indented(ascii(line), columns)),
      ];

const neededBlocks = ({ latencies }: Comparison, columns: number): readonly string[] =>
  latencies.gatedCount === 0
    ? []
    : [
        '',
        ...wrapText(
          `${plural(latencies.gatedCount, 'latency row')} judged together, which needs ${latencies.neededBlocks} blocks.`,
          columns,
        ),
      ];

export const compareText = (comparison: Comparison, options: CompareTextOptions): string => {
  const { columns, gate } = options;
  const sections = (of: readonly Section[]): readonly string[] =>
    of.flatMap((section) => sectionLines(section, columns));
  const lines = [
    ...head(comparison, columns),
    ...environment(comparison, columns),
    ...(gate === null
      ? sections(ungatedSections(comparison))
      : [...sections(gateSections(comparison, gate, options)), ...neededBlocks(comparison, columns)]),
    ...sections(otherSections(comparison)),
    ...latencyLines(comparison, columns),
    '',
    ...wrapText(summary(comparison, gate), columns),
  ];
  return `${lines.join('\n')}\n`;
};
