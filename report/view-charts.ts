// The data of charts: blocks of a row, times against the baseline, growth, timelines, lives under load.
import type { Timeline } from '../results/schema/run.ts';
import type { Interval } from '../results/stats/interval.ts';
import type { Curve } from './analysis/curve.ts';
import type { Percentiles } from './analysis/percentiles.ts';
import type { VersusView } from './view-tables.ts';

/** The blocks of one row. */
export interface SpreadView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  readonly metric: string;
  readonly title: string;
  /** Blocks of one position: 1 unless there are very many. */
  readonly joined: number;
  /** Blocks with a value of any arm. */
  readonly blockCount: number;
  /** `arm` is an index. Arms without a value and idle arms have no curve. */
  readonly curves: readonly (Curve & {
    readonly arm: number;
    readonly percentiles: Percentiles;
    /** `position`: of the block in the order of measurement, from 1; two values where blocks are joined. */
    readonly inOrder: readonly (readonly [position: number, value: number])[];
  })[];
}

/** A time of all arms against the baseline, such as create + mount with all files local. */
export interface ForestQuantity {
  /** Unique within the forest. */
  readonly id: string;
  readonly state: string;
  readonly what: string;
  /** Median of the baseline, in nanoseconds. */
  readonly baseline: number;
  /** The baseline against itself; null without a null arm. */
  readonly again: Interval | null;
  /** `arm` is an index. */
  readonly rows: readonly { readonly arm: number; readonly median: number; readonly versus: VersusView }[];
}

/** The first chart of the page. */
export interface ForestView {
  readonly image: string;
  readonly quantities: readonly ForestQuantity[];
}

/** Median of the lines through all sizes, one line per block or pass that has every size. */
export interface GrowthFit {
  readonly start: number;
  readonly slope: number;
  /** Interval of the slope; null with too few lines. */
  readonly lo: number | null;
  readonly hi: number | null;
}

export interface GrowthPoint {
  readonly x: number;
  readonly y: number;
  /** Null with too few blocks, or where all blocks are equal. */
  readonly lo: number | null;
  readonly hi: number | null;
}

/** The calls of one life over time: one slot per arm. */
export interface TimelineView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  /** In the order of the arms; null for an arm without a timeline. */
  readonly arms: readonly (Timeline | null)[];
}

/** Growth of a metric with a numeric parameter. */
export interface GrowthView {
  readonly scenario: string;
  /** Null where every size is an image of its own. */
  readonly image: string | null;
  /** The other parameters. */
  readonly params: string;
  /** Name of the parameter, for example `files`. */
  readonly by: string;
  readonly metric: string;
  readonly title: string;
  /** Arms with at least two sizes. */
  readonly series: readonly {
    readonly arm: number;
    readonly points: readonly GrowthPoint[];
    /** Null where no block has every size. */
    readonly fit: GrowthFit | null;
  }[];
}

/** Percentiles of one arm, null where it has too few lives. */
export interface LivesPercentiles {
  readonly arm: number;
  readonly lifeCount: number;
  readonly ns: readonly (number | null)[];
}

/** p99 at the rates that an arm was tried at: medians of the blocks with their intervals. */
export interface LivesRates {
  readonly arm: number;
  readonly points: readonly GrowthPoint[];
}

/** Images that arrive all the time. */
export interface LivesView {
  readonly scenario: string;
  readonly image: string;
  readonly params: string;
  /** The rate at which every arm was tried, lives per second. */
  readonly rate: number;
  /** `p50`, …, in the order of `ns`. */
  readonly names: readonly string[];
  readonly percentiles: readonly LivesPercentiles[];
  readonly rates: readonly LivesRates[];
  /** Rates at which some rung had fewer than 100 lives: its value is the longest, not p99. */
  readonly longest: readonly number[];
  /** More workers than CPUs: every number includes the wait for a CPU. */
  readonly waits: { readonly workers: number; readonly cpus: number } | null;
}
