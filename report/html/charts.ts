// Which charts a report has, and what they draw.
import { PHASES } from '../../results/schema/run.ts';
import type { PageData, Point, PointChart, StackChart } from '../browser/data.d.ts';
import { formatNs } from '../format.ts';
import type { CallsView, CellView, ReportView, RowView, SectionView } from '../view.ts';

export interface LatencyFigure {
  readonly image: string;
  readonly section: SectionView;
  readonly chart: PointChart;
  readonly rows: readonly RowView[];
}

export interface WalkFigure {
  readonly image: string;
  readonly chart: PointChart;
  readonly rows: readonly { readonly label: string; readonly row: RowView }[];
}

export interface CallFigure {
  readonly calls: CallsView;
  readonly chart: StackChart;
}

export interface Figures {
  readonly latency: readonly LatencyFigure[];
  readonly walks: readonly WalkFigure[];
  readonly calls: readonly CallFigure[];
}

export const labelOf = (section: { readonly scenario: string; readonly params: string }): string =>
  [section.scenario, section.params].filter((part) => part !== '').join(', ');

export const cellText = (cell: CellView): string => {
  if (cell.kind !== 'value') return '';
  const { interval } = cell;
  const range = interval.kind === 'interval' ? ` (${formatNs(interval.lo)} to ${formatNs(interval.hi)})` : '';
  return `${formatNs(cell.median)}${range}`;
};

/** Nothing for an arm that has nothing to do there: the time of doing nothing would only stretch the axis. */
const pointOf = (row: number, cell: CellView): Point[] => {
  if (cell.kind !== 'value' || cell.idle || cell.median <= 0) return [];
  const { interval } = cell;
  const range = interval.kind === 'interval' && interval.lo > 0 ? interval : { lo: null, hi: null };
  return [{ row, value: cell.median, lo: range.lo, hi: range.hi, text: cellText(cell) }];
};

const pointChart = (
  id: string,
  view: ReportView,
  labels: readonly string[],
  rows: readonly RowView[],
): PointChart => ({
  id,
  rows: labels,
  series: view.arms
    .map((_, arm) => ({ arm, points: rows.flatMap((row, index) => pointOf(index, row.cells[arm]!)) }))
    .filter(({ points }) => points.length > 0),
});

const images = (view: ReportView): readonly string[] =>
  view.tables.flatMap(({ image }) => (image === null ? [] : [image]));

/** A section's rows from the first table and from what else was timed. */
const allRows = (view: ReportView, image: string, section: SectionView): readonly RowView[] =>
  [...view.tables, ...view.further]
    .filter((table) => table.image === image)
    .flatMap((table) => table.sections)
    .filter(({ scenario, params }) => scenario === section.scenario && params === section.params)
    .flatMap(({ rows }) => rows);

const phaseRows = (view: ReportView, image: string, section: SectionView) => {
  const rows = allRows(view, image, section);
  return PHASES.flatMap((phase) => {
    const row = rows.find(({ metric }) => metric === `${phase}WallNs`);
    return row === undefined ? [] : [{ phase, row }];
  });
};

const sectionsOf = (view: ReportView, image: string): readonly SectionView[] =>
  view.tables.filter((table) => table.image === image).flatMap(({ sections }) => sections);

const latencyFigures = (view: ReportView): readonly LatencyFigure[] =>
  images(view).flatMap((image, imageIndex) =>
    sectionsOf(view, image).flatMap((section, index) => {
      const phases = phaseRows(view, image, section);
      if (phases.length < 2) return [];
      const rows = phases.map(({ row }) => row);
      const labels = phases.map(({ phase }) => phase);
      const chart = pointChart(`latency-${imageIndex}-${index}`, view, labels, rows);
      return [{ image, section, chart, rows }];
    }),
  );

/** Scenarios of one window: their headline rows side by side. */
const walkFigures = (view: ReportView): readonly WalkFigure[] =>
  images(view).flatMap((image, index) => {
    const rows = sectionsOf(view, image)
      .filter((section) => phaseRows(view, image, section).length < 2)
      .flatMap((section) =>
        section.rows
          .filter(({ metric }) => metric.endsWith('Ns'))
          .map((row) => ({ label: labelOf(section), row })),
      );
    if (rows.length === 0) return [];
    const chart = pointChart(
      `walk-${index}`,
      view,
      rows.map(({ label }) => label),
      rows.map(({ row }) => row),
    );
    return [{ image, rows, chart }];
  });

/** One segment per phase and actor, in the order of phases. Minima, as quasi-exact counts are compared by. */
const stackChart = (id: string, calls: CallsView): StackChart => {
  const arms = calls.totals.flatMap((total, arm) => (total === null ? [] : [arm]));
  const segments = new Map<string, number[]>();
  for (const row of calls.rows) {
    if (row.actor === 'runtime') continue;
    const label = `${row.phase} ${row.actor}`;
    const sums = segments.get(label) ?? arms.map(() => 0);
    arms.forEach((arm, index) => {
      sums[index] = sums[index]! + (row.counts[arm]?.least ?? 0);
    });
    segments.set(label, sums);
  }
  return { id, arms, segments: [...segments].map(([label, counts]) => ({ label, counts })) };
};

export const figuresOf = (view: ReportView): Figures => ({
  latency: latencyFigures(view),
  walks: walkFigures(view),
  calls: view.calls.map((calls, index) => ({ calls, chart: stackChart(`calls-${index}`, calls) })),
});

export const pageData = (view: ReportView, figures: Figures): PageData => ({
  arms: view.arms.map(({ id, color, role }) => ({ id, color, role })),
  dots: figures.latency.map(({ chart }) => chart),
  bars: figures.walks.map(({ chart }) => chart),
  stacks: figures.calls.map(({ chart }) => chart),
});
