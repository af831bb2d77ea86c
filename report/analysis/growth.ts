// How headline rows change with a numeric parameter: files of an image, mounts alive at once, files read.

import { phaseTotals } from '../../results/compare/counts.ts';
import { metricInfo } from '../../results/compare/metric-info.ts';
import { type Design, isIdle, RUNTIME } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import type { Ledger, Phase } from '../../results/schema/run.ts';
import type { Params } from '../../results/schema/shared.ts';
import { linesByBlock } from '../../results/stats/lines.ts';
import { type ByBlock, numbersOf } from '../../results/stats/log-ratio.ts';
import { CONFIDENCE, median } from '../../results/stats/median.ts';
import { intervalOver } from '../../results/stats/over-blocks.ts';
import type { GrowthFit, GrowthPoint, GrowthView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';
import { groupBy } from './group-by.ts';

interface LadderSize {
  readonly x: number;
  readonly data: GroupData;
}

/** Groups that differ in one numeric parameter only. */
interface Ladder {
  readonly scenario: string;
  readonly image: string | null;
  readonly rest: Params;
  readonly by: string;
  readonly sizes: readonly LadderSize[];
}

const numbersIn = (params: Params): readonly string[] =>
  Object.keys(params).filter((name) => typeof params[name] === 'number');

const without = (params: Params, name: string): Params =>
  Object.fromEntries(Object.entries(params).filter(([key]) => key !== name));

const sizesOf = (groups: readonly GroupData[], by: string): readonly LadderSize[] =>
  groups.map((data) => ({ x: Number(data.group.params[by]), data })).sort((a, b) => a.x - b.x);

const isLadder = ({ sizes }: Ladder): boolean =>
  sizes.length > 1 && new Set(sizes.map(({ x }) => x)).size === sizes.length;

/** One ladder per image, or one over all images if every size has its own image. */
const laddersOf = (groups: readonly GroupData[]): readonly Ladder[] => {
  const named = groups.flatMap((data) => numbersIn(data.group.params).map((by) => ({ by, data })));
  const keyOf = ({ by, data: { group } }: (typeof named)[number]): string =>
    JSON.stringify([group.scenario, by, paramsKey(without(group.params, by))]);
  return [...groupBy(named, keyOf).values()].flatMap((members) => {
    const { by, data } = members[0]!;
    const { scenario, params } = data.group;
    const ladder = (image: string | null, of: readonly GroupData[]): Ladder => ({
      scenario,
      image,
      rest: without(params, by),
      by,
      sizes: sizesOf(of, by),
    });
    const all = members.map((member) => member.data);
    const byImage = groupBy(all, ({ group }) => group.image);
    const apart = [...byImage].map(([image, of]) => ladder(image, of)).filter(isLadder);
    return apart.length > 0 ? apart : [ladder(null, all)].filter(isLadder);
  });
};

type ArmGrowth = GrowthView['series'][number];

interface GrowthRange {
  readonly lo: number | null;
  readonly hi: number | null;
}

const NO_RANGE: GrowthRange = { lo: null, hi: null };

const rangeOf = (values: ByBlock): GrowthRange => {
  const interval = intervalOver(values, CONFIDENCE);
  return interval.kind === 'tooFew' || interval.lo === interval.hi
    ? NO_RANGE
    : { lo: interval.lo, hi: interval.hi };
};

const fitOf = (xs: readonly number[], values: readonly ByBlock[]): GrowthFit | null => {
  const lines = linesByBlock(xs, values);
  const slopes = new Map([...lines].map(([block, line]) => [block, line.slope]));
  const start = median([...lines.values()].map((line) => line.start));
  const slope = median(numbersOf(slopes));
  return start === null || slope === null ? null : { start, slope, ...rangeOf(slopes) };
};

/** `values` by block, or by counting pass. */
const seriesOf = (
  arm: number,
  sizes: readonly { readonly x: number; readonly values: ByBlock }[],
): ArmGrowth | null => {
  const measured = sizes.filter(({ values }) => values.size > 0);
  if (measured.length < 2) return null;
  return {
    arm,
    points: measured.map(
      ({ x, values }): GrowthPoint => ({ x, y: median(numbersOf(values))!, ...rangeOf(values) }),
    ),
    fit: fitOf(
      measured.map(({ x }) => x),
      measured.map(({ values }) => values),
    ),
  };
};

const viewOf = (
  { scenario, image, rest, by }: Ladder,
  metric: string,
  title: string,
  series: readonly (ArmGrowth | null)[],
): GrowthView[] => {
  const known = series.filter((one) => one !== null);
  return known.length === 0
    ? []
    : [{ scenario, image, params: paramsKey(rest), by, metric, title, series: known }];
};

const NOTHING: ByBlock = new Map();

const timesOf = (ladder: Ladder, arms: readonly ArmView[], design: Design): GrowthView[] =>
  (own(design.catalogue.scenarios, ladder.scenario)?.headline ?? []).flatMap((metric) => {
    const valuesOf = (data: GroupData, arm: string): ByBlock =>
      isIdle(data, metric, arm, design) ? NOTHING : (data.time.get(metric)?.get(arm) ?? NOTHING);
    const series = arms.map(({ id }, arm) =>
      seriesOf(
        arm,
        ladder.sizes.map(({ x, data }) => ({ x, values: valuesOf(data, id) })),
      ),
    );
    return viewOf(ladder, metric, metricInfo(design.catalogue, ladder.scenario, metric).title, series);
  });

/** The debate is about these two sums. */
const CALLS: readonly (readonly [metric: string, title: string, phases: readonly Phase[]])[] = [
  ['bringInCallCount', 'system calls of ingest, create and mount', ['ingest', 'create', 'mount']],
  [
    'takeAwayCallCount',
    'system calls of unmount, settle, destroy and collect',
    ['unmount', 'settle', 'destroy', 'collect'],
  ],
];

const callsIn = (ledger: Ledger, phases: readonly Phase[]): number => {
  const totals = phaseTotals([ledger], [RUNTIME]);
  return phases.reduce((sum, phase) => sum + (totals.get(phase)?.least ?? 0), 0);
};

const callsOf = (ladder: Ladder, arms: readonly ArmView[]): GrowthView[] =>
  CALLS.flatMap(([metric, title, phases]) => {
    const valuesOf = (data: GroupData, arm: string): ByBlock =>
      new Map((data.ledgers.get(arm) ?? []).map((ledger, pass) => [pass, callsIn(ledger, phases)]));
    const series = arms.map(({ id }, arm) =>
      seriesOf(
        arm,
        ladder.sizes.map(({ x, data }) => ({ x, values: valuesOf(data, id) })),
      ),
    );
    const isCalled = series.some((one) => one?.points.some(({ y }) => y > 0) === true);
    return isCalled ? viewOf(ladder, metric, title, series) : [];
  });

export const growthOf = (
  groups: readonly GroupData[],
  arms: readonly ArmView[],
  design: Design,
): readonly GrowthView[] =>
  laddersOf(groups).flatMap((ladder) => [...timesOf(ladder, arms, design), ...callsOf(ladder, arms)]);
