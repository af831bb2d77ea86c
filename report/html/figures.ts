// The charts of a report. Each has a table with the same numbers.
import type { Count } from '../../results/compare/counts.ts';
import type { PageData, StackChart } from '../browser/data.d.ts';
import type { LineChart } from '../browser/lines-data.d.ts';
import { diskText } from '../finding/machine.ts';
import { fleetText } from '../fleet/machine.ts';
import { formatCount, formatInstant, plural } from '../format.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import type { GrowthView, SpreadView } from '../view-charts.ts';
import type { ArmView, CallsView } from '../view-tables.ts';
import { forestChart } from './forest.ts';
import { pageArm } from './legend.ts';
import { type LifecycleFigure, lifecycleFigure } from './lifecycle.ts';
import { growthChart, orderChart, spreadChart } from './lines.ts';
import { type LivesFigure, livesCharts, livesFigures } from './lives.ts';
import { imagesIn, scenariosIn } from './measured.ts';
import { type PointFigure, pointFigures } from './point-figures.ts';

export interface SpreadFigure {
  readonly spread: SpreadView;
  readonly chart: LineChart;
  /** The values in the order of the blocks. */
  readonly order: LineChart;
}

export interface GrowthFigure {
  readonly growth: GrowthView;
  /** Null: every value is zero. */
  readonly chart: LineChart | null;
}

export interface CallFigure {
  readonly calls: CallsView;
  readonly chart: StackChart;
}

export interface ReportFigures {
  readonly points: readonly PointFigure[];
  readonly spreads: readonly SpreadFigure[];
  readonly growth: readonly GrowthFigure[];
  readonly lives: readonly LivesFigure[];
  readonly calls: readonly CallFigure[];
  readonly lifecycles: readonly LifecycleFigure[];
}

/** Of the numbers in the table beside the chart. */
const sumText = (totals: readonly Count[]): string =>
  formatCount('Count', {
    least: totals.reduce((sum, { least }) => sum + least, 0),
    most: totals.reduce((sum, { most }) => sum + most, 0),
  });

/** One segment per phase and actor, of the least count over the passes. */
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
  return {
    id,
    arms,
    segments: [...segments].map(([label, counts]) => ({ label, counts })),
    sums: arms.map((arm) => sumText([...calls.totals[arm]!.values()])),
  };
};

export const figuresOf = (view: ReportView): ReportFigures => ({
  points: scenariosIn(view).flatMap((scenario, at) =>
    imagesIn(view, scenario).flatMap((image, index) =>
      pointFigures(view, { scenario, image }, `points-${at}-${index}`),
    ),
  ),
  spreads: view.spreads.map((spread, index) => ({
    spread,
    chart: spreadChart(`spread-${index}`, spread, view),
    order: orderChart(`order-${index}`, spread, view),
  })),
  growth: view.growth.map((growth, index) => ({
    growth,
    chart: growthChart(`growth-${index}`, growth, view),
  })),
  lives: livesFigures(view),
  lifecycles: view.tables.flatMap(({ image }, index) =>
    image === null ? [] : (lifecycleFigure(view, image, `lifecycle-${index}`) ?? []),
  ),
  calls: view.calls.map((calls, index) => ({ calls, chart: stackChart(`calls-${index}`, calls) })),
});

/** For a page that has line charts only. `of`: the subject of the page, for saved pictures. */
export const linesData = (of: string, arms: readonly ArmView[], lines: readonly LineChart[]): PageData => ({
  title: of,
  machine: '',
  arms: arms.map(pageArm),
  forests: [],
  lifecycles: [],
  dots: [],
  bars: [],
  lines,
  stacks: [],
});

const machineText = (view: ReportView): string => {
  const { environment: env, caveats, run } = view;
  const fleet = fleetText(view);
  const machine =
    fleet === null
      ? [
          `Linux ${env.kernel.split(' ', 1)[0]}`,
          env.cpuModel,
          joinParts(plural(env.cpuCount, 'CPU'), env.virtualization),
          diskText(env, caveats),
        ]
      : [fleet];
  return [...machine, formatInstant(run.startedAt)].join(' · ');
};

export const pageData = (view: ReportView, figures: ReportFigures): PageData => ({
  title: `run ${view.id}`,
  machine: machineText(view),
  arms: view.arms.map(pageArm),
  forests: view.forests.map((forest) => forestChart(view, forest)),
  lifecycles: figures.lifecycles.map(({ chart }) => chart),
  dots: figures.points.filter(({ kind }) => kind === 'dots').map(({ chart }) => chart),
  bars: figures.points.filter(({ kind }) => kind === 'bars').map(({ chart }) => chart),
  lines: [
    ...figures.spreads.flatMap(({ order, chart }) => [order, chart]),
    ...figures.growth.flatMap(({ chart }) => chart ?? []),
    ...livesCharts(figures.lives),
  ],
  stacks: figures.calls.map(({ chart }) => chart),
});
