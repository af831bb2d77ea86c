// Charts of medians and counts: one mark or bar per arm in each row.
import { COMMAND_START } from '../../results/compare/phase-of.ts';
import { type Metric, PHASES } from '../../results/schema/run.ts';
import type { Point, PointChart, Unit } from '../browser/data.d.ts';
import { formatCount, formatValue, plainName } from '../format.ts';
import type { ReportView } from '../view.ts';
import type { CellView, CountsView, RowView, SectionView } from '../view-tables.ts';
import { isWide, unitOf } from './axes.ts';
import { isYesNo } from './matrix.ts';
import { labelOf } from './measured.ts';

/** A row of a chart and of its table. */
interface FigureRow {
  readonly label: string;
  readonly metric: string;
  readonly better: Metric['better'];
  /** In the order of the arms. */
  readonly points: readonly (Omit<Point, 'row'> | null)[];
}

export interface PointFigure {
  readonly scenario: string;
  readonly image: string;
  readonly title: string;
  readonly kind: 'dots' | 'bars';
  readonly chart: PointChart;
  readonly rows: readonly FigureRow[];
}

/** Null for an idle arm: the time of doing nothing would stretch the axis. */
const timedPoint =
  (metric: string) =>
  (cell: CellView): Omit<Point, 'row'> | null => {
    if (cell.kind !== 'value' || cell.idle) return null;
    const { median, interval } = cell;
    if (interval.kind === 'tooFew' || interval.lo === interval.hi)
      return { value: median, lo: null, hi: null, text: formatValue(metric, median) };
    const { lo, hi } = interval;
    const text = `${formatValue(metric, median)} (${formatValue(metric, lo)}..${formatValue(metric, hi)})`;
    return { value: median, lo, hi, text };
  };

const timedRow = (label: string, { metric, info, cells }: RowView): FigureRow => ({
  label,
  metric,
  better: info.better,
  points: cells.map(timedPoint(metric)),
});

const countedRow = (label: string, { metric, info, counts }: CountsView['rows'][number]): FigureRow => ({
  label,
  metric,
  better: info.better,
  points: counts.map((count) => {
    if (count === null) return null;
    const { least, most } = count;
    const range = least === most ? { lo: null, hi: null } : { lo: least, hi: most };
    return { value: least, ...range, text: formatCount(metric, count) };
  }),
});

const valuesOf = (rows: readonly FigureRow[]): readonly number[] =>
  rows.flatMap(({ points }) =>
    points.flatMap((point) =>
      point === null ? [] : [point.lo ?? point.value, point.value, point.hi ?? point.value],
    ),
  );

/** Space on a logarithmic axis beyond the smallest and the largest value. */
const AXIS_MARGIN = 1.7;

/** `spanned`: rows of all charts that share the axis. */
const pointChart = (id: string, rows: readonly FigureRow[], spanned: readonly FigureRow[]): PointChart => {
  const positive = valuesOf(spanned).filter((value) => value > 0);
  const span = positive.length === 0 ? [1] : positive;
  const arms = rows[0]?.points.map((_, arm) => arm) ?? [];
  const pointsOf = (arm: number): Point[] =>
    rows.flatMap(({ points }, row) => {
      const point = points[arm];
      return point === null || point === undefined ? [] : [{ row, ...point }];
    });
  return {
    id,
    unit: unitOf(rows[0]?.metric ?? ''),
    span: { min: Math.min(...span) / AXIS_MARGIN, max: Math.max(...span) * AXIS_MARGIN },
    rows: rows.map(({ label }) => label),
    series: arms.map((arm) => ({ arm, points: pointsOf(arm) })).filter(({ points }) => points.length > 0),
  };
};

/** Times of emulated CPUs are in no chart. */
const isMeasured = ({ noMeasurement }: RowView): boolean => noMeasurement !== true;

const sectionsOf = (view: ReportView, image: string, scenario: string): readonly SectionView[] =>
  [...view.tables, ...view.own]
    .filter((table) => table.image === image)
    .flatMap(({ sections }) => sections)
    .filter((section) => section.scenario === scenario)
    .map((section) => ({ ...section, rows: section.rows.filter(isMeasured) }));

/** One row per phase, from all tables. */
const phaseRows = (view: ReportView, image: string, section: SectionView): readonly FigureRow[] => {
  const rows = [...view.tables, ...view.own, ...view.further]
    .filter((table) => table.image === image)
    .flatMap((table) => table.sections)
    .filter(({ scenario, params }) => scenario === section.scenario && params === section.params)
    .flatMap((one) => one.rows.filter(isMeasured));
  return PHASES.flatMap((phase) => {
    const row = rows.find(({ metric }) => metric === `${phase}WallNs`);
    return row === undefined ? [] : [timedRow(phase, row)];
  });
};

/** With a single metric its parameters are label enough. */
const rowLabel = (params: string, metric: string, isOnlyMetric: boolean): string =>
  [params, isOnlyMetric && params !== '' ? '' : plainName(metric)].filter((part) => part !== '').join(' ');

/** The parameters that differ between the rows of a chart; labels have no room for the others. */
const distinctParams = (all: readonly { readonly params: string }[]): ((params: string) => string) => {
  const wordsOf = (params: string): readonly string[] => params.split(' ').filter((word) => word !== '');
  const each = [...new Set(all.map(({ params }) => params))].map(wordsOf);
  return (params) =>
    wordsOf(params)
      .filter((word) => !each.every((words) => words.includes(word)))
      .join(' ');
};

const headlineRows = (view: ReportView, image: string, scenario: string): readonly FigureRow[] => {
  const timed = sectionsOf(view, image, scenario);
  const observed = view.observed
    .filter((one) => one.image === image && one.scenario === scenario)
    .map(({ params, rows }) => ({
      params,
      rows: rows.filter(({ headline, metric, info }) => headline && !isYesNo(metric, info)),
    }));
  const metrics = new Set([...timed, ...observed].flatMap(({ rows }) => rows.map(({ metric }) => metric)));
  const paramsLabel = distinctParams([...timed, ...observed]);
  const label = (params: string, metric: string): string =>
    rowLabel(paramsLabel(params), metric, metrics.size === 1);
  return [
    ...timed.flatMap(({ params, rows }) => rows.map((row) => timedRow(label(params, row.metric), row))),
    ...observed.flatMap(({ params, rows }) => rows.map((row) => countedRow(label(params, row.metric), row))),
  ].filter(({ points }) => points.some((point) => point !== null && point.value > 0));
};

const UNIT_TITLES: Readonly<Record<Unit, string>> = {
  ns: 'times',
  B: 'bytes',
  perSecond: 'rates',
  ratio: 'ratios',
  count: 'counts',
};

export interface FigurePlace {
  readonly scenario: string;
  readonly image: string;
}

/** One chart per unit. */
const figuresByUnit = (
  rows: readonly FigureRow[],
  place: FigurePlace,
  title: string,
  id: string,
): readonly PointFigure[] =>
  [...new Set(rows.map(({ metric }) => unitOf(metric)))].map((unit) => {
    const own = rows.filter(({ metric }) => unitOf(metric) === unit);
    const kind = isWide(valuesOf(own)) ? 'dots' : 'bars';
    return {
      ...place,
      title: `${title}${UNIT_TITLES[unit]}`,
      kind,
      chart: pointChart(`${id}-${unit}`, own, own),
      rows: own,
    };
  });

const isPhase = (metric: string): boolean => PHASES.some((phase) => metric === `${phase}WallNs`);

/** A chart of phases per parameters, all on one axis, and charts of the other headline rows. */
export const pointFigures = (view: ReportView, place: FigurePlace, id: string): readonly PointFigure[] => {
  const { scenario, image } = place;
  const phased = sectionsOf(view, image, scenario).flatMap((section) => {
    const rows = phaseRows(view, image, section);
    return rows.length < 2 ? [] : [{ section, rows }];
  });
  const headline = headlineRows(view, image, scenario);
  if (phased.length === 0) return figuresByUnit(headline, place, `${scenario}: `, id);
  const spanned = phased.flatMap(({ rows }) => rows);
  const others = headline.filter(({ metric }) => !isPhase(metric) && metric !== COMMAND_START);
  return [
    ...phased.map(
      ({ section, rows }, index): PointFigure => ({
        ...place,
        title: `${labelOf(section)}: every phase`,
        kind: 'dots',
        chart: pointChart(`${id}-${index}`, rows, spanned),
        rows,
      }),
    ),
    ...figuresByUnit(others, place, `${scenario}: other `, id),
  ];
};
