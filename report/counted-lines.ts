// Tables of counts: system calls, FUSE requests and bytes on disk, in total and per entry of the image.
import { formatBytes, formatCount, grouped } from './format.ts';
import { asciiText, joinParts, tableLines } from './text.ts';
import type { ReportView } from './view.ts';
import type { CountsView } from './view-tables.ts';

const entryCountOf = (view: ReportView, image: string): number =>
  view.images.find(({ name }) => name === image)?.entryCount ?? 0;

const perEntry = (total: number, entries: number): string => {
  if (entries === 0) return '-';
  const share = total / entries;
  return share > 0 && share < 0.01 ? '<0.01' : share.toFixed(2);
};

interface CountTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const callTables = (view: ReportView): readonly CountTable[] =>
  view.calls.map(({ image, scenario, params, totals }) => ({
    head: [joinParts(scenario, params, image), 'system calls', 'per entry'],
    rows: totals.flatMap((phases, at) => {
      if (phases === null) return [];
      const sum = [...phases.values()].reduce((all, { least }) => all + least, 0);
      return [[view.arms[at]!.id, grouped(sum), perEntry(sum, entryCountOf(view, image))]];
    }),
  }));

/** One row per arm and metric; counts of zero are left out. */
const countRows = (view: ReportView, { image, rows }: CountsView): readonly (readonly string[])[] => {
  const entries = entryCountOf(view, image);
  return rows.flatMap(({ metric, counts }) =>
    counts.flatMap((count, at) => {
      if (count === null || count.most === 0) return [];
      const isBytes = metric.endsWith('Bytes');
      return [
        [
          `${view.arms[at]!.id}: ${metric}`,
          isBytes ? formatBytes(count.least) : formatCount('Count', count),
          isBytes && entries > 0 ? formatBytes(count.least / entries) : perEntry(count.least, entries),
        ],
      ];
    }),
  );
};

const countTables = (view: ReportView, unit: string, counts: readonly CountsView[]): readonly CountTable[] =>
  counts.map((one) => ({
    head: [joinParts(one.scenario, one.params, one.image), unit, 'per entry'],
    rows: countRows(view, one),
  }));

export const countedLines = (view: ReportView, columns: number): readonly string[] =>
  [
    ...callTables(view),
    ...countTables(view, 'FUSE requests', view.requests),
    ...countTables(view, 'on disk', view.disk),
  ]
    .filter(({ rows }) => rows.length > 0)
    .flatMap(({ head, rows }) => [
      ...tableLines(
        head.map(asciiText),
        rows.map((row) => row.map(asciiText)),
        columns,
      ),
      '',
    ]);
