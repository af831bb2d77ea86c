// A comparison for a terminal: what is worse first, then what changed, then what could not be said; the rest is counted.
import { VERDICTS } from '../../results/compare/verdict.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { Gate } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { formatRatio, ratioText, shortName } from '../format.ts';
import { wrapText } from '../text.ts';
import { verdictText } from '../verdict-words.ts';
import { ascii } from '../visible.ts';
import { explain, shortReason } from './explain.ts';
import { changeText, countedText, placeText, plural } from './words.ts';

export interface CompareTextOptions {
  readonly columns: number;
  readonly explain: boolean;
  /** Null: compared, not judged. */
  readonly gate: Gate | null;
  readonly run: RunFile;
}

/** Longer lists are cut, and say so: JSON has them all. */
const LONGEST = 20;

const indented = (text: string, columns: number): string[] =>
  wrapText(text, columns - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`);

const cut = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= LONGEST
    ? lines
    : [...lines.slice(0, LONGEST), `  and ${lines.length - LONGEST} more ${what} (--json has all)`];

const heading = (text: string): readonly string[] => ['', text];

const exactSection = (
  title: string,
  rows: readonly ExactResult[],
  line: (row: ExactResult) => string,
  columns: number,
): readonly string[] =>
  rows.length === 0
    ? []
    : [
        ...heading(`${title}: ${rows.length}`),
        ...cut(rows.map(line), 'rows').flatMap((text) => indented(text.trimStart(), columns)),
      ];

/** Rows of one place that are incomparable for one reason are one line. */
const incomparable = (rows: readonly ExactResult[]): readonly string[] => {
  const groups = new Map<string, { readonly row: ExactResult; count: number }>();
  for (const row of rows) {
    const key = JSON.stringify([placeKey(row.place), row.because]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { row, count: 1 });
    else group.count++;
  }
  return [...groups.values()].map(
    ({ row, count }) =>
      `${placeText(row.place)}: ${plural(count, 'count')}: ${ascii(row.because.join('; '))}`,
  );
};

const pad = (cells: readonly (readonly string[])[]): string[] => {
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
};

const latencyTable = (rows: readonly LatencyResult[], showsArm: boolean): readonly string[] => {
  const places = new Map<string, LatencyResult[]>();
  const sorted = [...rows].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  for (const row of sorted) {
    const title = placeText({ ...row.place, arm: showsArm ? row.place.arm : '' });
    places.set(title, [...(places.get(title) ?? []), row]);
  }
  const head = ['', 'ratio', 'verdict', 'sees', 'null', 'n'];
  return [...places].flatMap(([title, own]) => {
    const cells = own.map((row) => [
      `  ${ascii(shortName(row.metric))}`,
      ratioText(row.ratio),
      row.verdict === 'undecided' ? '~' : verdictText(row),
      row.detectable === null ? '' : formatRatio(row.detectable),
      row.nullRatio === null ? '' : formatRatio(row.nullRatio),
      String(row.n),
    ]);
    return [title, ...pad([head, ...cells])];
  });
};

const statusRows = (comparison: Comparison, status: ExactStatus): readonly ExactResult[] =>
  comparison.exact.filter((row) => row.status === status);

const changeLine = (row: ExactResult): string =>
  `${placeText(row.place)}: ${countedText(row)} ${changeText(row)}`;

const latencyTitle = (comparison: Comparison): string => {
  switch (comparison.kind) {
    case 'two arms':
      return 'Latencies, interleaved in one run (sees: the smallest ratio it could have shown)';
    case 'two runs':
      return 'Latencies of the head against its own baseline: shown, never gated between runs';
    default:
      return 'Latencies against the baseline of the run';
  }
};

const summary = (comparison: Comparison): string => {
  const parts = (
    ['equal', 'better', 'worse', 'varies', 'demoted', 'incomparable', 'unjudged', 'vanished', 'new'] as const
  )
    .map((status) => [status, statusRows(comparison, status).length] as const)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${n} ${status}`);
  return parts.length === 0 ? '' : `Counts: ${parts.join(', ')}.`;
};

/** Rows of one place that nothing can be said of for one reason are one entry. */
const notJudged = (rows: readonly LatencyResult[], columns: number): readonly string[] => {
  if (rows.length === 0) return [];
  const groups = new Map<string, string[]>();
  for (const row of rows) {
    const key = `${placeText(row.place)}: ${row.why || 'not seen again by the rerun'}`;
    groups.set(key, [...(groups.get(key) ?? []), ascii(shortName(row.metric))]);
  }
  const lines = [...groups].map(([key, names]) => `${key}: ${names.join(', ')}`);
  return [
    ...heading(`Not judged: ${rows.length}`),
    ...cut(lines, 'groups').flatMap((line) => indented(line.trimStart(), columns)),
  ];
};

const gateLines = (comparison: Comparison, gate: Gate, options: CompareTextOptions): readonly string[] => {
  const { columns } = options;
  const red = gate.red.map((one) =>
    options.explain ? explain(one, comparison, options.run) : shortReason(one),
  );
  const needs = comparison.latencies;
  return [
    ...(red.length === 0 ? [] : heading(`Worse: ${red.length}`)),
    ...(options.explain ? red : cut(red, 'rows')).flatMap((line) => indented(line.trimStart(), columns)),
    ...(gate.allowed.length === 0
      ? []
      : [
          ...heading(`Missing, as allowed: ${gate.allowed.length}`),
          ...gate.allowed.flatMap((row) => indented(placeText(row.place), columns)),
        ]),
    ...notJudged(gate.undecided, columns),
    ...(needs.gatedCount === 0
      ? []
      : [
          '',
          ...wrapText(
            `${plural(needs.gatedCount, 'latency row')} judged together: that needs ${needs.neededBlocks} blocks.`,
            columns,
          ),
        ]),
  ];
};

/** Two runs: one line per row that both have, ratio to each run's own baseline. */
const betweenRuns = (comparison: Comparison): readonly string[] => {
  const key = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;
  const bases = new Map((comparison.baseLatencies?.rows ?? []).map((row) => [key(row), row]));
  const cells = comparison.latencies.rows.map((row) => {
    const base = bases.get(key(row));
    return [
      `  ${placeText(row.place)}: ${ascii(shortName(row.metric))}`,
      base === undefined ? 'absent' : ratioText(base.ratio),
      ratioText(row.ratio),
    ];
  });
  if (cells.length === 0) return [];
  return cells.flatMap(([name = '', base = '', head = '']) => [name, `      base ${base}  head ${head}`]);
};

export const compareText = (comparison: Comparison, options: CompareTextOptions): string => {
  const { columns, gate } = options;
  const lines = [
    ...wrapText(`base: ${ascii(comparison.base)}`, columns),
    ...wrapText(`head: ${ascii(comparison.head)}`, columns),
    ...comparison.notices.flatMap((line) => wrapText(`notice: ${ascii(line)}`, columns)),
    ...(comparison.environment.length === 0
      ? []
      : [
          ...heading('What differs between the machines:'),
          ...comparison.environment.flatMap((line) => indented(ascii(line), columns)),
        ]),
    ...(gate === null ? [] : gateLines(comparison, gate, options)),
    ...(gate === null
      ? [
          ...exactSection('More than in the base', statusRows(comparison, 'worse'), changeLine, columns),
          ...exactSection(
            'Constant in the base, not in the head',
            statusRows(comparison, 'varies'),
            changeLine,
            columns,
          ),
          ...exactSection(
            'In the base only',
            statusRows(comparison, 'vanished'),
            (row) => `${placeText(row.place)}: ${countedText(row)} ${ascii(row.because.join('; '))}`,
            columns,
          ),
        ]
      : []),
    ...exactSection('Less than in the base', statusRows(comparison, 'better'), changeLine, columns),
    ...exactSection(
      'In the head only',
      statusRows(comparison, 'new'),
      (row) => `${placeText(row.place)}: ${countedText(row)}`,
      columns,
    ),
    ...exactSection(
      'Not constant in the base, so not compared',
      statusRows(comparison, 'demoted'),
      changeLine,
      columns,
    ),
    ...incomparableSection(comparison, columns),
    ...(comparison.latencies.rows.length === 0 ? [] : heading(latencyTitle(comparison))),
    ...(comparison.kind === 'two runs'
      ? betweenRuns(comparison).map((line) => line.slice(0, columns))
      : latencyTable(comparison.latencies.rows, comparison.kind === 'one run').map((line) =>
          line.slice(0, columns),
        )),
    '',
    ...wrapText(
      [summary(comparison), gate === null ? '' : `Gate: ${gate.why}.`]
        .filter((part) => part !== '')
        .join(' '),
      columns,
    ),
  ];
  return `${lines.join('\n')}\n`;
};

const incomparableSection = (comparison: Comparison, columns: number): readonly string[] => {
  const rows = statusRows(comparison, 'incomparable');
  if (rows.length === 0) return [];
  return [
    ...heading(`Incomparable: ${rows.length} counts (other programs, path or image; never worse for that)`),
    ...cut(incomparable(rows), 'groups').flatMap((line) => indented(line.trimStart(), columns)),
  ];
};
