// The first table of each image, the table over all images, and the tables of all other timed metrics.

import { combine } from '../../results/compare/combine.ts';
import { metricInfo } from '../../results/compare/metric-info.ts';
import type { Design } from '../../results/compare/phase-of.ts';
import { type Cell, type Row, rowOf } from '../../results/compare/rows.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import { isNoMeasurement } from '../../results/emulated.ts';
import { own } from '../../results/own.ts';
import type { Catalogue } from '../../results/schema/run.ts';
import type { ArmView, CellView, RowView, SectionView, TableView } from '../view-tables.ts';
import { groupBy } from './group-by.ts';

export interface TableInput {
  readonly groups: readonly GroupData[];
  readonly design: Design;
  readonly arms: readonly ArmView[];
  readonly images: readonly string[];
  readonly row: (group: GroupData, metric: string) => Row | null;
}

/** Rows are computed once: each is used in the table of its image and in the combined table. */
export const rowsOnce = (design: Design): TableInput['row'] => {
  const known = new Map<GroupData, Map<string, Row | null>>();
  return (group, metric) => {
    const rows = known.get(group) ?? new Map<string, Row | null>();
    known.set(group, rows);
    if (!rows.has(metric)) rows.set(metric, rowOf(group, metric, design));
    return rows.get(metric)!;
  };
};

const cellView = (cell: Cell | undefined): CellView =>
  cell === undefined
    ? { kind: 'absent' }
    : {
        kind: 'value',
        median: cell.median,
        interval: cell.medianInterval,
        n: cell.n,
        idle: cell.idle,
        versus:
          cell.versus === null
            ? null
            : {
                ratio: cell.versus.ratio,
                verdict: cell.versus.verdict,
                floor: cell.versus.floor,
                detectable: cell.versus.detectable,
              },
      };

const titleOf = (metric: string, title: string, { phases }: Catalogue): string =>
  (metric.endsWith('WallNs') ? own(phases, metric.slice(0, -'WallNs'.length)) : undefined) ?? title;

const rowView = (
  row: Row,
  arms: readonly ArmView[],
  { catalogue, timesMeasured = true }: Design,
): RowView => ({
  metric: row.metric,
  title: titleOf(row.metric, row.info.title, catalogue),
  ...(isNoMeasurement(row.metric, timesMeasured) ? { noMeasurement: true } : {}),
  info: row.info,
  cells: arms.map((arm) => cellView(row.cells.find((cell) => cell.arm === arm.id))),
});

const sectionOf = (
  { group }: GroupData,
  rows: readonly RowView[],
  { catalogue }: Design,
): SectionView | null =>
  rows.length === 0
    ? null
    : {
        scenario: group.scenario,
        params: paramsKey(group.params),
        question: own(catalogue.scenarios, group.scenario)?.question ?? '',
        rows,
      };

const headlineMetrics = (group: GroupData, { catalogue }: Design): readonly string[] =>
  own(catalogue.scenarios, group.group.scenario)?.headline ?? [];

/** Metrics in the first table: none for a scenario with a section of its own. */
const firstMetrics = (group: GroupData, design: Design): readonly string[] =>
  own(design.catalogue.scenarios, group.group.scenario)?.ownSection === true
    ? []
    : headlineMetrics(group, design);

const known = <T>(items: readonly (T | null)[]): T[] => items.filter((item) => item !== null);

const tableOf = (image: string, input: TableInput, metricsOf: (group: GroupData) => readonly string[]) => {
  const { groups, design, arms } = input;
  const sections = groups
    .filter(({ group }) => group.image === image)
    .map((group) => {
      const rows = known(metricsOf(group).map((metric) => input.row(group, metric)));
      return sectionOf(
        group,
        rows.map((row) => rowView(row, arms, design)),
        design,
      );
    });
  return { image, sections: known(sections) };
};

const filled = (tables: readonly TableView[]): TableView[] =>
  tables.filter(({ sections }) => sections.length > 0);

const combinedRow = (groups: readonly GroupData[], metric: string, input: TableInput): RowView | null => {
  const rows = known(groups.map((group) => input.row(group, metric)));
  const first = rows[0];
  if (first === undefined || rows.length < groups.length) return null;
  const cells = combine(rows, first.info.better);
  return {
    metric,
    title: titleOf(metric, first.info.title, input.design.catalogue),
    info: first.info,
    cells: input.arms.map((arm): CellView => {
      const cell = cells.find((candidate) => candidate.arm === arm.id);
      if (cell === undefined) return { kind: 'absent' };
      return {
        kind: 'combined',
        versus: { ratio: cell.ratio, verdict: cell.verdict, floor: cell.floor, detectable: null },
      };
    }),
  };
};

/** Sections that all images have in common; null: a single image, or nothing in common. */
const combinedTable = (input: TableInput): TableView | null => {
  const byQuestion = groupBy(input.groups, ({ group }) =>
    JSON.stringify([group.scenario, paramsKey(group.params)]),
  );
  const most = Math.max(...[...byQuestion.values()].map(({ length }) => length));
  const sections = [...byQuestion.values()].map((groups) => {
    if (groups.length < most || groups.length < 2) return null;
    const rows = known(
      firstMetrics(groups[0]!, input.design).map((metric) => combinedRow(groups, metric, input)),
    );
    return sectionOf(groups[0]!, rows, input.design);
  });
  const table = { image: null, sections: known(sections) };
  return table.sections.length === 0 ? null : table;
};

export const firstTables = (input: TableInput): readonly TableView[] => {
  const perImage = input.images.map((image) =>
    tableOf(image, input, (group) => firstMetrics(group, input.design)),
  );
  const combined = combinedTable(input);
  return [...filled(perImage), ...(combined === null ? [] : [combined])];
};

/** Headline rows of scenarios with a section of their own. */
export const ownTables = (input: TableInput): readonly TableView[] =>
  filled(
    input.images.map((image) =>
      tableOf(image, input, (group) =>
        firstMetrics(group, input.design).length > 0 ? [] : headlineMetrics(group, input.design),
      ),
    ),
  );

/** All other timed metrics, without exact ones. */
export const furtherTables = (input: TableInput): readonly TableView[] =>
  filled(
    input.images.map((image) =>
      tableOf(image, input, (group) => {
        const first = firstMetrics(group, input.design);
        const headline = headlineMetrics(group, input.design);
        const others = [...group.time.keys()].filter(
          (metric) =>
            !headline.includes(metric) &&
            metricInfo(input.design.catalogue, group.group.scenario, metric).noise === 'noisy',
        );
        return [...(first.length > 0 ? [] : headline), ...others];
      }),
    ),
  );
