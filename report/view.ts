// The data of a report: computed, not formatted, every string safe to print.
import type { CallCount, Count } from '../results/compare/counts.ts';
import type { Verdict } from '../results/compare/verdict.ts';
import type { Pooled } from '../results/pool/pooled.ts';
import type {
  Conditions,
  ConditionWarning,
  Environment,
  Fairness,
  ImageInfo,
  Metric,
  Phase,
  Proof,
  RunFile,
  Timeline,
} from '../results/schema/run.ts';
import type { Interval } from '../results/stats/interval.ts';
import type { Curve } from './analysis/curve.ts';
import type { Percentiles } from './analysis/percentiles.ts';
import type { Figure, Judgement } from './claims/claim.ts';
import type { Source } from './claims/source.ts';
import type { PublishedValue } from './published/table.ts';
import type { TamperView } from './tampering/table.ts';

export interface ArmView {
  readonly id: string;
  readonly title: string;
  readonly how: string;
  readonly role: 'baseline' | 'arm' | 'null';
  /** Measured by some scenarios only. */
  readonly variant: boolean;
  /** The mark in tables and charts; that of a null arm follows from its role. */
  readonly mark: number;
}

export interface VersusView {
  readonly ratio: Interval;
  readonly verdict: Verdict;
  /** In the metric's unit. */
  readonly floor: number;
  /** Smallest true ratio that this row can tell from 1. */
  readonly detectable: number | null;
}

export type CellView =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'value';
      readonly median: number;
      readonly interval: Interval;
      readonly n: number;
      /** The arm makes no system call in this phase. */
      readonly idle: boolean;
      readonly versus: VersusView | null;
    }
  | { readonly kind: 'combined'; readonly versus: VersusView };

export interface RowView {
  readonly metric: string;
  /** The metric's title; for a phase its description. */
  readonly title: string;
  readonly info: Metric;
  /** In the order of the arms. */
  readonly cells: readonly CellView[];
  /** A time of emulated CPUs: shown in parentheses. */
  readonly noMeasurement?: true;
}

export interface SectionView {
  readonly scenario: string;
  readonly params: string;
  readonly question: string;
  readonly rows: readonly RowView[];
}

/** The first table of one image, or of all images combined. */
export interface TableView {
  readonly image: string | null;
  readonly sections: readonly SectionView[];
}

export interface CallsView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  /** In the order of the arms; null for an arm that was not counted. */
  readonly totals: readonly (ReadonlyMap<Phase, Count> | null)[];
  readonly rows: readonly {
    readonly phase: Phase;
    readonly actor: string;
    readonly call: string;
    readonly counts: readonly (CallCount | null)[];
  }[];
}

/** Counts by metric, for example FUSE requests by opcode or bytes on disk. */
export interface CountsView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  readonly rows: readonly {
    readonly metric: string;
    readonly info: Metric;
    readonly counts: readonly (Count | null)[];
    /** A headline metric of the scenario. */
    readonly headline: boolean;
  }[];
}

/** The blocks of one row. */
export interface SpreadView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  readonly metric: string;
  readonly title: string;
  /** Blocks of one position: 1 unless there are very many. */
  readonly joined: number;
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
  /** More workers than CPUs: what a worker waits for a CPU is in every number. */
  readonly waits: { readonly workers: number; readonly cpus: number } | null;
}

/** A claim with the verdict of this run. */
export interface ClaimView {
  readonly id: string;
  readonly text: string;
  readonly by: readonly Source[] | string;
  readonly rule: string;
  readonly objection: string;
  readonly answer: string;
  /** `not asked`: the run has no scenario, image or variant that the rule needs. `failed`: the rule threw. */
  readonly verdict: Judgement['verdict'] | 'not asked' | 'failed';
  readonly because: string;
  /** Null unless undecided. */
  readonly wouldDecide: string | null;
  /** The number that decided comes first. */
  readonly figures: readonly Figure[];
}

/** A published table as ratios to the row nearest to our baseline, beside the ratios of this run. */
export interface PublishedView {
  readonly id: string;
  readonly title: string;
  /** Author, date, message or commit. */
  readonly source: string;
  readonly differs: readonly string[];
  readonly columns: readonly {
    readonly setup: string | null;
    readonly title: string;
    readonly metric: string;
    readonly baseline: string;
    /** Image of this run's ratios; null where the run has none. */
    readonly image: string | null;
  }[];
  readonly rows: readonly {
    readonly name: string;
    /** The nearest arm here; null where there is none. */
    readonly arm: string | null;
    /** The row and the arm that replace the column's baseline, published and here. */
    readonly control: { readonly row: string; readonly ours: string } | null;
    readonly cells: readonly PublishedCell[];
  }[];
}

export interface PublishedCell {
  readonly value: PublishedValue;
  /** To the control of the row, else to the baseline of the column. */
  readonly ratio: PublishedValue;
  /** The same ratio in this run; null where one of its arms was not measured. */
  readonly ours: Interval | null;
}

export interface Problem {
  /** Null where it concerns no single scenario. */
  readonly scenario: string | null;
  readonly where: string;
  readonly what: string;
}

export interface LeakView {
  readonly checkedSamples: number;
  readonly left: readonly Problem[];
}

/** Not measured for lack of time. */
export interface DroppedView {
  readonly scenario: string | null;
  readonly text: string;
}

export interface ReportView {
  readonly id: string;
  /** One sentence each. */
  readonly finding: readonly string[];
  readonly baseline: string;
  readonly arms: readonly ArmView[];
  /** One per image; the last of several is all images combined. */
  readonly tables: readonly TableView[];
  /** Noisy metrics that are in no first table. */
  readonly further: readonly TableView[];
  /** Headline rows of scenarios outside the first table; `further` has them too. */
  readonly own: readonly TableView[];
  readonly calls: readonly CallsView[];
  readonly requests: readonly CountsView[];
  readonly disk: readonly CountsView[];
  /** Values of scenarios without a timed window; headline metrics first. */
  readonly observed: readonly CountsView[];
  readonly forests: readonly ForestView[];
  readonly spreads: readonly SpreadView[];
  readonly growth: readonly GrowthView[];
  readonly lives: readonly LivesView[];
  readonly timelines: readonly TimelineView[];
  readonly claims: readonly ClaimView[];
  readonly published: readonly PublishedView[];
  /** What became of attacks on images, one table per image. */
  readonly tampering: readonly TamperView[];
  /** The paths that the mounts of each arm took. */
  readonly took: readonly { readonly arm: string; readonly took: readonly string[] }[];
  readonly images: readonly ImageInfo[];
  readonly proofs: readonly Proof[];
  readonly environment: Environment;
  /** Null in older runs. */
  readonly conditions: Conditions | null;
  /** What the conditions of the run, or of any run of a pool, were judged to be. */
  readonly caveats: readonly ConditionWarning[];
  readonly fairness: readonly Fairness[];
  readonly run: Pick<
    RunFile,
    | 'startedAt'
    | 'finishedAt'
    | 'host'
    | 'status'
    | 'wallNs'
    | 'cfsbench'
    | 'commandLine'
    | 'ledgerSource'
    | 'guest'
  >;
  readonly plan: Pick<RunFile['plan'], 'seed' | 'profile' | 'budgetNs' | 'blocks' | 'baseline'>;
  readonly scenarios: readonly {
    readonly id: string;
    readonly question: string;
    readonly reproduce: string;
    readonly cache: string;
  }[];
  readonly delta: number;
  /** `cells`: ratios with an interval; `verdicts`: decided ones; `missed`: expected number of intervals that miss the true value. */
  readonly judged: { readonly cells: number; readonly verdicts: number; readonly missed: number };
  /** Null for a single run. */
  readonly pool: Pooled | null;
  readonly sampleCount: number;
  readonly failures: readonly Problem[];
  readonly skipped: readonly Problem[];
  readonly dropped: readonly DroppedView[];
  readonly leaks: LeakView;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}
