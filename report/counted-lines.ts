// Tables of counts: system calls, FUSE requests and bytes on disk, in total and per entry of the image.
import type { Count } from '../results/compare/counts.ts';
import type { Phase } from '../results/schema/run.ts';
import { formatBytes, formatCount, grouped } from './format.ts';
import { ofAllText } from './of-all.ts';
import { asciiText, joinParts, tableLines } from './text.ts';
import type { ReportView } from './view.ts';
import type { CallsView, CountsView } from './view-tables.ts';

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

/** Phases of the store, which an image whose files are local does not need. */
const STORE: readonly Phase[] = ['ingest', 'collect'];

const callTable = (view: ReportView, { image, scenario, params, totals }: CallsView): CountTable => {
  const entries = entryCountOf(view, image);
  const sumOf = (phases: ReadonlyMap<Phase, Count>, isStore: boolean): number =>
    [...phases]
      .filter(([phase]) => STORE.includes(phase) === isStore)
      .reduce((all, [, { least }]) => all + least, 0);
  const hasStore = totals.some((phases) => phases !== null && sumOf(phases, true) > 0);
  const where = joinParts(scenario, params, image);
  return {
    head: hasStore
      ? [where, `create to destroy${ofAllText(params)}`, 'per entry', STORE.join(', ')]
      : [where, `system calls${ofAllText(params)}`, 'per entry'],
    rows: totals.flatMap((phases, at) => {
      if (phases === null) return [];
      const sum = sumOf(phases, false);
      const store = hasStore ? [grouped(sumOf(phases, true))] : [];
      return [[view.arms[at]!.id, grouped(sum), perEntry(sum, entries), ...store]];
    }),
  };
};

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
    head: [joinParts(one.scenario, one.params, one.image), `${unit}${ofAllText(one.params)}`, 'per entry'],
    rows: countRows(view, one),
  }));

export const countedLines = (view: ReportView, columns: number): readonly string[] =>
  [
    ...view.calls.map((calls) => callTable(view, calls)),
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
