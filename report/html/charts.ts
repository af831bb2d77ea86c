// Which charts a report has, and what they draw. Numbers only: every chart stands beside the table that it is drawn from.
import { COMMAND_START } from '../../results/compare/phase-of.ts';
import { PHASES } from '../../results/schema/run.ts';
import type { PageData, Point, PointChart, StackChart, Unit } from '../browser/data.d.ts';
import type { LineChart } from '../browser/lines-data.d.ts';
import { formatValue, plainName } from '../format.ts';
import type {
  CallsView,
  CellView,
  CountsView,
  GrowthView,
  ReportView,
  RowView,
  SectionView,
  SpreadView,
} from '../view.ts';
import { isWide, unitOf } from './axes.ts';
import { growthChart, spreadChart } from './lines.ts';

/** A row of a chart and of its table. */
export interface FigureRow {
  readonly label: string;
  readonly metric: string;
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

export interface SpreadFigure {
  readonly spread: SpreadView;
  readonly chart: LineChart;
}

export interface GrowthFigure {
  readonly growth: GrowthView;
  readonly chart: LineChart;
}

export interface CallFigure {
  readonly calls: CallsView;
  readonly chart: StackChart;
}

export interface Figures {
  readonly points: readonly PointFigure[];
  readonly spreads: readonly SpreadFigure[];
  readonly growth: readonly GrowthFigure[];
  readonly calls: readonly CallFigure[];
}

export const labelOf = (section: { readonly scenario: string; readonly params: string }): string =>
  [section.scenario, section.params].filter((part) => part !== '').join(', ');

/** Nothing for an arm that has nothing to do there: the time of doing nothing would only stretch the axis. */
const ofCell =
  (metric: string) =>
  (cell: CellView): Omit<Point, 'row'> | null => {
    if (cell.kind !== 'value' || cell.idle) return null;
    const { median, interval } = cell;
    if (interval.kind === 'tooFew' || interval.lo === interval.hi)
      return { value: median, lo: null, hi: null, text: formatValue(metric, median) };
    const { lo, hi } = interval;
    const text = `${formatValue(metric, median)} (${formatValue(metric, lo)} to ${formatValue(metric, hi)})`;
    return { value: median, lo, hi, text };
  };

const ofRow = (label: string, { metric, cells }: RowView): FigureRow => ({
  label,
  metric,
  points: cells.map(ofCell(metric)),
});

const ofCounts = (label: string, { metric, counts }: CountsView['rows'][number]): FigureRow => ({
  label,
  metric,
  points: counts.map((count) => {
    if (count === null) return null;
    const { least, most } = count;
    const isOne = least === most;
    const text = isOne
      ? formatValue(metric, least)
      : `${formatValue(metric, least)} to ${formatValue(metric, most)}`;
    return { value: least, lo: isOne ? null : least, hi: isOne ? null : most, text };
  }),
});

const valuesOf = (rows: readonly FigureRow[]): readonly number[] =>
  rows.flatMap(({ points }) =>
    points.flatMap((point) =>
      point === null ? [] : [point.lo ?? point.value, point.value, point.hi ?? point.value],
    ),
  );

const chartOf = (
  id: string,
  kind: PointFigure['kind'],
  rows: readonly FigureRow[],
  spanned: readonly FigureRow[],
): PointChart => {
  const drawn = kind === 'dots' ? (value: number) => value > 0 : () => true;
  const span = valuesOf(spanned).filter((value) => value > 0);
  const arms = rows[0]?.points.map((_, arm) => arm) ?? [];
  return {
    id,
    unit: unitOf(rows[0]?.metric ?? ''),
    span: { min: Math.min(...span) / 1.7, max: Math.max(...span) * 1.7 },
    rows: rows.map(({ label }) => label),
    series: arms
      .map((arm) => ({
        arm,
        points: rows.flatMap(({ points }, row): Point[] => {
          const point = points[arm];
          return point === null || point === undefined || !drawn(point.value)
            ? []
            : [{ row, ...point, ...(point.lo !== null && drawn(point.lo) ? {} : { lo: null, hi: null }) }];
        }),
      }))
      .filter(({ points }) => points.length > 0),
  };
};

const sectionsOf = (view: ReportView, image: string, scenario: string): readonly SectionView[] =>
  [...view.tables, ...view.own]
    .filter((table) => table.image === image)
    .flatMap(({ sections }) => sections)
    .filter((section) => section.scenario === scenario);

/** A section's rows from the first table and from what else was timed, in the order of phases. */
const phaseRows = (view: ReportView, image: string, section: SectionView): readonly FigureRow[] => {
  const rows = [...view.tables, ...view.own, ...view.further]
    .filter((table) => table.image === image)
    .flatMap((table) => table.sections)
    .filter(({ scenario, params }) => scenario === section.scenario && params === section.params)
    .flatMap((one) => one.rows);
  return PHASES.flatMap((phase) => {
    const row = rows.find(({ metric }) => metric === `${phase}WallNs`);
    return row === undefined ? [] : [ofRow(phase, row)];
  });
};

/** With one question asked, its parameters name the row, or nothing does but the metric. */
const rowLabel = (params: string, metric: string, isOnly: boolean): string =>
  [params, isOnly && params !== '' ? '' : plainName(metric)].filter((part) => part !== '').join(' ');

/** Of parameters what tells a place from the others of its chart: a label has no room for what all of them have. */
const apartIn = (places: readonly { readonly params: string }[]): ((params: string) => string) => {
  const wordsOf = (params: string): readonly string[] => params.split(' ').filter((word) => word !== '');
  const all = [...new Set(places.map(({ params }) => params))].map(wordsOf);
  return (params) =>
    wordsOf(params)
      .filter((word) => !all.every((words) => words.includes(word)))
      .join(' ');
};

const headlineRows = (view: ReportView, image: string, scenario: string): readonly FigureRow[] => {
  const timed = sectionsOf(view, image, scenario);
  const observed = view.observed.filter((one) => one.image === image && one.scenario === scenario);
  const metrics = new Set([
    ...timed.flatMap(({ rows }) => rows.map(({ metric }) => metric)),
    ...observed.flatMap(({ rows }) => rows.flatMap((row) => (row.headline ? [row.metric] : []))),
  ]);
  const isOnly = metrics.size === 1;
  const apart = apartIn([...timed, ...observed]);
  return [
    ...timed.flatMap(({ params, rows }) =>
      rows.map((row) => ofRow(rowLabel(apart(params), row.metric, isOnly), row)),
    ),
    ...observed.flatMap(({ params, rows }) =>
      rows
        .filter(({ headline }) => headline)
        .map((row) => ofCounts(rowLabel(apart(params), row.metric, isOnly), row)),
    ),
  ].filter(({ points }) => points.some((point) => point !== null && point.value > 0));
};

const UNIT_TITLES: Readonly<Record<Unit, string>> = {
  ns: 'times',
  B: 'bytes',
  perSecond: 'rates',
  ratio: 'ratios',
  count: 'counts',
};

interface Place {
  readonly scenario: string;
  readonly image: string;
}

/** One chart for each unit. */
const byUnit = (
  rows: readonly FigureRow[],
  place: Place,
  title: string,
  id: string,
): readonly PointFigure[] =>
  [...new Set(rows.map(({ metric }) => unitOf(metric)))].map((unit) => {
    const of = rows.filter(({ metric }) => unitOf(metric) === unit);
    const kind = isWide(valuesOf(of)) ? 'dots' : 'bars';
    return {
      ...place,
      title: `${title}${UNIT_TITLES[unit]}`,
      kind,
      chart: chartOf(`${id}-${unit}`, kind, of, of),
      rows: of,
    };
  });

const isPhase = (metric: string): boolean => PHASES.some((phase) => metric === `${phase}WallNs`);

/** Of what has phases: those of each question on one span; beside them, or alone, what else its headline rows say. */
const figuresIn = (view: ReportView, place: Place, id: string): readonly PointFigure[] => {
  const { scenario, image } = place;
  const phased = sectionsOf(view, image, scenario).flatMap((section) => {
    const rows = phaseRows(view, image, section);
    return rows.length < 2 ? [] : [{ section, rows }];
  });
  const headline = headlineRows(view, image, scenario);
  if (phased.length === 0) return byUnit(headline, place, `${scenario}: `, id);
  const spanned = phased.flatMap(({ rows }) => rows);
  const others = headline.filter(({ metric }) => !isPhase(metric) && metric !== COMMAND_START);
  return [
    ...phased.map(
      ({ section, rows }, index): PointFigure => ({
        ...place,
        title: `${labelOf(section)}: every phase`,
        kind: 'dots',
        chart: chartOf(`${id}-${index}`, 'dots', rows, spanned),
        rows,
      }),
    ),
    ...byUnit(others, place, `${scenario}: other `, id),
  ];
};

/** In the order of the run's plan: those that have anything to show. */
export const scenariosIn = (view: ReportView): readonly string[] => {
  const shown = new Set([
    ...[...view.tables, ...view.further].flatMap(({ sections }) => sections.map(({ scenario }) => scenario)),
    ...[...view.observed, ...view.requests, ...view.disk].map(({ scenario }) => scenario),
  ]);
  return view.scenarios.map(({ id }) => id).filter((id) => shown.has(id));
};

export const imagesIn = (view: ReportView, scenario: string): readonly string[] => [
  ...new Set([
    ...[...view.tables, ...view.further].flatMap(({ image, sections }) =>
      image !== null && sections.some((section) => section.scenario === scenario) ? [image] : [],
    ),
    ...[...view.observed, ...view.requests, ...view.disk]
      .filter((one) => one.scenario === scenario)
      .map(({ image }) => image),
  ]),
];

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
  points: scenariosIn(view).flatMap((scenario, at) =>
    imagesIn(view, scenario).flatMap((image, index) =>
      figuresIn(view, { scenario, image }, `points-${at}-${index}`),
    ),
  ),
  spreads: view.spreads.map((spread, index) => ({
    spread,
    chart: spreadChart(`spread-${index}`, spread, view),
  })),
  growth: view.growth.map((growth, index) => ({
    growth,
    chart: growthChart(`growth-${index}`, growth, view),
  })),
  calls: view.calls.map((calls, index) => ({ calls, chart: stackChart(`calls-${index}`, calls) })),
});

export const pageData = (view: ReportView, figures: Figures): PageData => ({
  run: view.id,
  arms: view.arms.map(({ id, color, role }) => ({ id, color, role })),
  dots: figures.points.filter(({ kind }) => kind === 'dots').map(({ chart }) => chart),
  bars: figures.points.filter(({ kind }) => kind === 'bars').map(({ chart }) => chart),
  lines: [...figures.spreads, ...figures.growth].map(({ chart }) => chart),
  stacks: figures.calls.map(({ chart }) => chart),
});
