// Line charts: distributions of blocks and growth with a size.
import type { LineAxis, LineChart, LineSeries } from '../browser/lines-data.d.ts';
import { plainName } from '../format.ts';
import type { GrowthView, ReportView, SpreadView } from '../view.ts';
import { isWide, unitOf } from './axes.ts';

const axis = (title: string, unit: LineAxis['unit'], values: readonly number[]): LineAxis => ({
  title,
  unit,
  log: isWide(values),
  labels: null,
});

/** Four digits are more than a screen shows and keep the page small. */
const drawn = (value: number): number => Number(value.toPrecision(4));

const armName = (view: ReportView, arm: number): string => view.arms[arm]!.id;

export const spreadChart = (id: string, { metric, curves }: SpreadView, view: ReportView): LineChart => ({
  id,
  x: axis(
    plainName(metric),
    unitOf(metric),
    curves.flatMap(({ quantiles }) => [quantiles[0]!, quantiles.at(-1)!]),
  ),
  y: { title: 'share of the blocks', unit: 'share', log: false, labels: null },
  lines: curves.map(({ arm, steps }) => ({
    label: armName(view, arm),
    arm,
    style: 'step',
    points: [],
    values: steps.slice(1).map(([value]) => drawn(value)),
    ranges: [],
  })),
});

/** Points of a fitted line, which is a curve on logarithmic axes. */
const FIT_POINTS = 24;

type GrowthLineView = GrowthView['series'][number];

const fitLine = ({ arm, points, fit }: GrowthLineView, label: string): LineSeries[] => {
  if (fit === null) return [];
  const [from, to] = [points[0]!.x, points.at(-1)!.x];
  const xs = Array.from({ length: FIT_POINTS }, (_, i) => from * (to / from) ** (i / (FIT_POINTS - 1)));
  const line = xs.map((x) => [drawn(x), drawn(fit.start + fit.slope * x)] as const).filter(([, y]) => y > 0);
  return [{ label: `${label}: line`, arm, style: 'fit', points: line, ranges: [] }];
};

export const growthChart = (id: string, { by, metric, series }: GrowthView, view: ReportView): LineChart => ({
  id,
  x: axis(
    by,
    'count',
    series.flatMap(({ points }) => points.map(({ x }) => x)),
  ),
  y: axis(
    plainName(metric),
    unitOf(metric),
    series.flatMap(({ points }) => points.map(({ y }) => y)),
  ),
  lines: series.flatMap((one) => [
    ...fitLine(one, armName(view, one.arm)),
    {
      label: armName(view, one.arm),
      arm: one.arm,
      style: 'points' as const,
      points: one.points.map(({ x, y }) => [x, y] as const),
      ranges: one.points.map(({ y, lo, hi }) => [lo ?? y, hi ?? y] as const),
    },
  ]),
});
