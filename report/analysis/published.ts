// Published tables as ratios, with this run's ratios beside them. Absolute numbers of two machines are never compared.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { Evidence, GroupFilter } from '../claims/evidence.ts';
import { onOneCpu } from '../claims/groups.ts';
import { entriesOf } from '../claims/size.ts';
import type { PublishedColumn, PublishedRow, PublishedTable, PublishedValue } from '../published/table.ts';
import type { PublishedCell, PublishedView } from '../view.ts';

const bounds = (value: NonNullable<PublishedValue>): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value;

/** Null: one of them was not published. The ratio of a range is a range. */
export const ratioOf = (value: PublishedValue, base: PublishedValue): PublishedValue => {
  if (value === null || base === null) return null;
  const [least, most] = bounds(value);
  const [baseLeast, baseMost] = bounds(base);
  const [lo, hi] = [least / baseMost, most / baseLeast];
  return lo === hi ? lo : [lo, hi];
};

const rowNamed = ({ rows }: PublishedTable, name: string) => rows.find((row) => row.name === name);

/** Where this run measured a column. */
interface MeasuredColumn {
  readonly group: GroupData;
  readonly metric: string;
  /** The arm nearest to the column's baseline. */
  readonly base: string;
}

const measuredColumn = (
  table: PublishedTable,
  column: PublishedColumn,
  evidence: Evidence,
): MeasuredColumn | null => {
  const base = rowNamed(table, column.baseline)?.ours ?? null;
  if (column.ours === undefined || base === null) return null;
  const { metric, ...filter } = column.ours;
  const largestFirst = (wanted: GroupFilter): readonly GroupData[] =>
    [...evidence.groups(wanted)].sort(
      (a, b) => entriesOf(evidence, b.group.image) - entriesOf(evidence, a.group.image),
    );
  // Groups on one CPU are preferred: variants are measured there.
  const group = [...largestFirst(onOneCpu(filter)), ...largestFirst(filter)].find(
    (one) => evidence.values(one, base, metric).size > 0,
  );
  return group === undefined ? null : { group, metric, base };
};

const oursOf = (
  here: MeasuredColumn | null,
  { ours, control }: PublishedRow,
  evidence: Evidence,
): Interval | null => {
  if (here === null || ours === null) return null;
  const { group, metric } = here;
  const base = control?.ours ?? here.base;
  if (ours === base) return null;
  const isMeasured = (arm: string): boolean => evidence.values(group, arm, metric).size > 0;
  return isMeasured(ours) && isMeasured(base) ? evidence.ratio(group, ours, base, metric) : null;
};

const viewOf = (table: PublishedTable, evidence: Evidence): PublishedView => {
  const { id, title, by, date, where, excerpt, differs, columns, rows } = table;
  const here = columns.map((column) => measuredColumn(table, column, evidence));
  const baselines = columns.map((column, index) => rowNamed(table, column.baseline)?.values[index] ?? null);
  return {
    id,
    title,
    source: `${by}, ${date}, ${where}${excerpt ? ' (known from an excerpt)' : ''}`,
    differs,
    columns: columns.map((column, index) => ({
      setup: column.setup ?? null,
      title: column.title,
      metric: column.metric,
      baseline: column.baseline,
      image: here[index]?.group.group.image ?? null,
    })),
    rows: rows.map((row) => {
      const control = row.control === undefined ? null : rowNamed(table, row.control.row);
      return {
        name: row.name,
        arm: row.ours,
        control: row.control ?? null,
        cells: row.values.map(
          (value, index): PublishedCell => ({
            value,
            ratio: ratioOf(value, (control === null ? baselines[index] : control?.values[index]) ?? null),
            ours: oursOf(here[index]!, row, evidence),
          }),
        ),
      };
    }),
  };
};

export const publishedOf = (
  tables: readonly PublishedTable[],
  evidence: Evidence,
): readonly PublishedView[] => tables.map((table) => viewOf(table, evidence));
