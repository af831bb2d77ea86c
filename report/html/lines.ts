// Line charts: values of blocks in order, their distributions, and growth with a size.
import type { Unit } from '../browser/data.d.ts';
import type { LineAxis, LineChart, LineSeries } from '../browser/lines-data.d.ts';
import { plainName } from '../format.ts';
import type { ReportView } from '../view.ts';
import type { GrowthView, SpreadView } from '../view-charts.ts';
import { drawn, isWide, unitOf } from './axes.ts';

/** From zero, or logarithmic. */
const axis = (title: string, unit: Unit, values: readonly number[]): LineAxis => ({
  title,
  unit,
  log: isWide(values),
  zero: true,
  labels: null,
});

const armName = (view: ReportView, arm: number): string => view.arms[arm]!.id;

/** Of the values of a row. */
const valueAxis = ({ metric, curves }: SpreadView): LineAxis => {
  const unit = unitOf(metric);
  const ends = curves.flatMap(({ quantiles }) => [quantiles[0]!, quantiles.at(-1)!]);
  return axis(
    plainName(metric),
    unit,
    ends.map((value) => drawn(unit, value)),
  );
};

export const spreadChart = (id: string, spread: SpreadView, view: ReportView): LineChart => {
  const x = valueAxis(spread);
  return {
    id,
    x: { title: x.title, unit: x.unit, log: x.log, labels: null },
    y: { title: 'share of the blocks', unit: 'share', log: false, labels: null },
    lines: spread.curves.map(({ arm, steps }) => ({
      label: armName(view, arm),
      arm,
      style: 'step',
      points: [],
      values: steps.slice(1).map(([value]) => drawn(unitOf(spread.metric), value)),
      ranges: [],
    })),
  };
};

export const orderChart = (id: string, spread: SpreadView, view: ReportView): LineChart => ({
  id,
  x: {
    title: spread.joined === 1 ? 'block' : `blocks, ${spread.joined} at a time`,
    unit: 'count',
    log: false,
    labels: null,
  },
  y: valueAxis(spread),
  lines: spread.curves.map(({ arm, inOrder }) => ({
    label: armName(view, arm),
    arm,
    style: 'order',
    points: inOrder.map(([position, value]) => [position, drawn(unitOf(spread.metric), value)] as const),
    ranges: [],
  })),
});

/** Points of a fitted line, which is a curve on logarithmic axes. */
const FIT_POINTS = 24;

type GrowthLineView = GrowthView['series'][number];

const fitLine = ({ arm, points, fit }: GrowthLineView, label: string, unit: Unit): LineSeries[] => {
  if (fit === null) return [];
  const [from, to] = [points[0]!.x, points.at(-1)!.x];
  const xs = Array.from({ length: FIT_POINTS }, (_, i) => from * (to / from) ** (i / (FIT_POINTS - 1)));
  const line = xs
    .map((x) => [drawn('count', x), drawn(unit, fit.start + fit.slope * x)] as const)
    .filter(([, y]) => y > 0);
  return [{ label: `${label}: line`, arm, style: 'fit', points: line, ranges: [] }];
};

const pointLine = (view: ReportView, { arm, points }: GrowthLineView, unit: Unit): LineSeries => ({
  label: armName(view, arm),
  arm,
  style: 'points',
  points: points.map(({ x, y }) => [x, drawn(unit, y)] as const),
  ranges: points.map(({ y, lo, hi }) => [drawn(unit, lo ?? y), drawn(unit, hi ?? y)] as const),
});

/** Null: every value is zero, which a chart says worse than a sentence. */
export const growthChart = (
  id: string,
  { by, metric, series }: GrowthView,
  view: ReportView,
): LineChart | null => {
  const unit = unitOf(metric);
  const points = series.flatMap((one) => one.points);
  const ys = points.map(({ y }) => drawn(unit, y));
  if (ys.every((y) => y === 0)) return null;
  const y = axis(plainName(metric), unit, ys);
  const x = axis(
    by,
    'count',
    points.map((point) => point.x),
  );
  return {
    id,
    x: { title: x.title, unit: x.unit, log: x.log, labels: null },
    y,
    lines: series.flatMap((one) => [
      ...fitLine(one, armName(view, one.arm), unit),
      pointLine(view, one, unit),
    ]),
  };
};
