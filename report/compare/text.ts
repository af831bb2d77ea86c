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
import { groupsBy } from '../analysis/group-by.ts';
import { formatRatio, plural, ratioText, shortName } from '../format.ts';
import { tableLines, truncate, wrapText } from '../text.ts';
import { verdictText } from '../verdict-words.ts';
import { causesOf } from './causes.ts';
import { explainGroup, redGroups, shortReason } from './explain.ts';
import { countedText, placeText, STATUSES } from './words.ts';

interface CompareTextOptions {
  readonly columns: number;
  readonly explain: boolean;
  readonly gate: Gate;
  /** With --gate the exit code is the verdict. */
  readonly isGated: boolean;
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

/** Rows of one place with one reason share an entry. */
const incomparable = (comparison: Comparison): Section => {
  const rows = withStatus(comparison, 'incomparable');
  return {
    title: 'Incomparable counts (the programs, the path or the image differ)',
    count: rows.length,
    noun: 'groups',
    entries: groupsBy(rows, (row) => JSON.stringify([placeKey(row.place), row.because])).map(
      (same) =>
        `${placeText(same[0].place)}: ${plural(same.length, 'count')}: ${ascii(same[0].because.join('; '))}`,
    ),
  };
};

/** Rows of one place with one reason share an entry. */
const notJudged = ({ undecided, refuted }: Gate): Section => {
  const reason = (row: LatencyResult): string =>
    `${placeText(row.place)}: ${refuted.includes(row) ? 'the rerun did not confirm it' : row.why}`;
  return {
    title: 'Not judged',
    count: undecided.length,
    noun: 'groups',
    entries: groupsBy(undecided, reason).map(
      (same) => `${reason(same[0])}: ${same.map(({ metric }) => ascii(shortName(metric))).join(', ')}`,
    ),
  };
};

const gateSections = (
  comparison: Comparison,
  { gate, run, explain }: CompareTextOptions,
): readonly Section[] => [
  {
    title: 'Worse',
    count: gate.red.length,
    noun: 'causes',
    entries: redGroups(gate, run).map((group) =>
      explain ? explainGroup(group, comparison, run) : shortReason(group),
    ),
    isWhole: explain,
  },
  { title: 'Missing, as allowed', entries: gate.allowed.map(({ place }) => placeText(place)), isWhole: true },
  notJudged(gate),
];

/** Rows with one cause share an entry. */
const changes = (title: string, rows: readonly ExactResult[], run: RunFile): Section => ({
  title,
  count: rows.length,
  noun: 'causes',
  entries: causesOf(rows, run.images).map((cause) => shortReason({ kind: 'counts', cause })),
});

const otherSections = (comparison: Comparison, { run }: CompareTextOptions): readonly Section[] => [
  changes('Less than in the base', withStatus(comparison, 'better'), run),
  {
    title: 'In the head only',
    entries: withStatus(comparison, 'new').map((row) => `${placeText(row.place)}: ${countedText(row)}`),
  },
  changes('Not shown to be constant in the base, so not compared', withStatus(comparison, 'demoted'), run),
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
  return groupsBy(sorted, titleOf).flatMap((same) => [
    ...wrapText(titleOf(same[0]), columns, { hanging: '  ', breakWords: true }),
    ...tableLines(['', 'ratio', 'verdict', 'sees', 'null', 'n'], same.map(latencyCells), columns),
  ]);
};

/** Two runs: each row with its ratio to the baseline of either run. */
const betweenRuns = ({ latencies, baseLatencies }: Comparison, columns: number): readonly string[] => {
  const key = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;
  const bases = new Map((baseLatencies?.rows ?? []).map((row) => [key(row), row]));
  return latencies.rows.flatMap((row) => {
    const base = bases.get(key(row));
    return [
      ...wrapText(`${placeText(row.place)}: ${ascii(shortName(row.metric))}`, columns, {
        indent: '  ',
        hanging: '    ',
        breakWords: true,
      }),
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
      ? betweenRuns(comparison, columns)
      : latencyTables(latencies.rows, kind === 'one run', columns);
  return ['', ...wrapText(LATENCY_TITLES[kind], columns), ...lines.map((line) => truncate(line, columns))];
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const summary = (comparison: Comparison, { gate, isGated }: CompareTextOptions): string => {
  const counts = STATUSES.map((status) => [status, withStatus(comparison, status).length] as const)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${n} ${status}`);
  return [
    ...(counts.length === 0 ? [] : [`Counts: ${counts.join(', ')}.`]),
    comparison.kind === 'one run' && !isGated
      ? sentence(gate.why)
      : `${isGated ? 'Gate' : 'Without --gate'}: ${gate.why}.`,
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
  const { columns } = options;
  const sections = (of: readonly Section[]): readonly string[] =>
    of.flatMap((section) => sectionLines(section, columns));
  const lines = [
    ...head(comparison, columns),
    ...environment(comparison, columns),
    ...sections(gateSections(comparison, options)),
    ...neededBlocks(comparison, columns),
    ...sections(otherSections(comparison, options)),
    ...latencyLines(comparison, columns),
    '',
    ...wrapText(summary(comparison, options), columns),
  ];
  return `${lines.join('\n')}\n`;
};
