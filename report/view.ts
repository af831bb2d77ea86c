// What the views show: everything computed, nothing formatted, every string already safe to print.
import type { CallCount, Count } from '../results/compare/counts.ts';
import type { Verdict } from '../results/compare/verdict.ts';
import type { Pooled } from '../results/pool/pooled.ts';
import type {
  Conditions,
  Environment,
  Fairness,
  ImageInfo,
  Metric,
  Phase,
  Proof,
  RunFile,
} from '../results/schema/run.ts';
import type { Interval } from '../results/stats/interval.ts';
import type { Curve } from './analysis/curve.ts';
import type { Figure, Judgement } from './claims/claim.ts';
import type { Source } from './claims/source.ts';
import type { PublishedValue } from './published/table.ts';

export interface ArmView {
  readonly id: string;
  readonly title: string;
  readonly how: string;
  readonly role: 'baseline' | 'arm' | 'null';
  /** Only some questions are asked of it. */
  readonly variant: boolean;
  /** Index into the palette: one colour per backend, the null arm shares the baseline's. */
  readonly color: number;
}

export interface VersusView {
  readonly ratio: Interval;
  readonly verdict: Verdict;
  /** In the metric's unit: no smaller difference is a result. */
  readonly floor: number;
  /** Smallest true ratio that this row could have told from the baseline. */
  readonly detectable: number | null;
}

export type CellView =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'value';
      readonly median: number;
      readonly interval: Interval;
      readonly n: number;
      /** No call was made in this phase: the work is in another one. */
      readonly idle: boolean;
      readonly versus: VersusView | null;
    }
  | { readonly kind: 'combined'; readonly versus: VersusView };

export interface RowView {
  readonly metric: string;
  /** What the row is, in a few words: for a phase, what happens in it. */
  readonly title: string;
  readonly info: Metric;
  /** In the order of the arms. */
  readonly cells: readonly CellView[];
}

export interface SectionView {
  readonly scenario: string;
  readonly params: string;
  readonly question: string;
  readonly rows: readonly RowView[];
}

/** The first table of one image, or of all of them together. */
export interface TableView {
  readonly image: string | null;
  readonly sections: readonly SectionView[];
}

export interface CallsView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  /** By arm, in the order of the arms; null where the arm was not counted. */
  readonly totals: readonly (ReadonlyMap<Phase, Count> | null)[];
  readonly rows: readonly {
    readonly phase: Phase;
    readonly actor: string;
    readonly call: string;
    readonly counts: readonly (CallCount | null)[];
  }[];
}

/** Counts by metric, such as FUSE requests by opcode or bytes on disk. */
export interface CountsView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  readonly rows: readonly {
    readonly metric: string;
    readonly info: Metric;
    readonly counts: readonly (Count | null)[];
    /** One of the few that the scenario is about. */
    readonly headline: boolean;
  }[];
}

/** How the blocks of one row are spread. */
export interface SpreadView {
  readonly image: string;
  readonly scenario: string;
  readonly params: string;
  readonly metric: string;
  readonly title: string;
  /** Index of the arm; arms without a value, or with nothing to do there, have none. */
  readonly curves: readonly (Curve & { readonly arm: number })[];
}

/** Medians of the lines through all sizes, one line for each block or pass that has them all. */
export interface GrowthFit {
  readonly start: number;
  readonly slope: number;
  /** Of the slope; null with too few lines. */
  readonly lo: number | null;
  readonly hi: number | null;
}

export interface GrowthPoint {
  readonly x: number;
  readonly y: number;
  /** Null: too few blocks for an interval, or all the same. */
  readonly lo: number | null;
  readonly hi: number | null;
}

/** How one metric changes with a number that a scenario was asked with. */
export interface GrowthView {
  readonly scenario: string;
  /** Null: every size is an image of its own. */
  readonly image: string | null;
  /** The other parameters. */
  readonly params: string;
  /** Name of the parameter, such as `files`. */
  readonly by: string;
  readonly metric: string;
  readonly title: string;
  /** With at least two sizes each. */
  readonly series: readonly {
    readonly arm: number;
    readonly points: readonly GrowthPoint[];
    /** Null: no block has every size. */
    readonly fit: GrowthFit | null;
  }[];
}

/** A claim as this run answers it. */
export interface ClaimView {
  readonly id: string;
  readonly text: string;
  readonly by: readonly Source[] | string;
  readonly rule: string;
  readonly objection: string;
  readonly answer: string;
  /** `not asked`: no scenario that the rule reads was part of the run. `failed`: the rule itself broke, which is no answer. */
  readonly verdict: Judgement['verdict'] | 'not asked' | 'failed';
  readonly because: string;
  /** Of an undecided one. */
  readonly wouldDecide: string | null;
  /** The number of a verdict stands first. */
  readonly figures: readonly Figure[];
}

/** A published table in ratios to the row that our baseline comes nearest to, with what this run measured beside it. */
export interface PublishedView {
  readonly id: string;
  readonly title: string;
  /** Author, date, message or commit; whether it was read as an excerpt only. */
  readonly source: string;
  readonly differs: readonly string[];
  readonly columns: readonly {
    readonly setup: string | null;
    readonly title: string;
    readonly metric: string;
    readonly baseline: string;
    /** Image that this run's ratios are of; null where it measured nothing of the kind. */
    readonly image: string | null;
  }[];
  readonly rows: readonly {
    readonly name: string;
    /** The arm here that comes nearest; null: none does. */
    readonly arm: string | null;
    /** What its ratios are to, published and here, where that is not the column's baseline. */
    readonly control: { readonly row: string; readonly ours: string } | null;
    readonly cells: readonly PublishedCell[];
  }[];
}

export interface PublishedCell {
  readonly value: PublishedValue;
  /** To the column's baseline, or to the row's control. */
  readonly ratio: PublishedValue;
  /** Of the nearest arm here to the same here; null where one of them was not measured. */
  readonly ours: Interval | null;
}

export interface Problem {
  /** Null: it is not about one scenario. */
  readonly scenario: string | null;
  readonly where: string;
  readonly what: string;
}

export interface LeakView {
  readonly checkedSamples: number;
  readonly left: readonly Problem[];
}

export interface ReportView {
  readonly id: string;
  readonly finding: string;
  readonly baseline: string;
  readonly arms: readonly ArmView[];
  /** The first image is the headline; the last table, where there are several, is all of them combined. */
  readonly tables: readonly TableView[];
  /** Every noisy metric that is in no first table. */
  readonly further: readonly TableView[];
  /** Headline rows of scenarios that have no part in the first table; they are among `further`, too. */
  readonly own: readonly TableView[];
  readonly calls: readonly CallsView[];
  readonly requests: readonly CountsView[];
  readonly disk: readonly CountsView[];
  /** What scenarios without a timed window saw; headline metrics first. */
  readonly observed: readonly CountsView[];
  readonly spreads: readonly SpreadView[];
  readonly growth: readonly GrowthView[];
  readonly claims: readonly ClaimView[];
  readonly published: readonly PublishedView[];
  /** Arm and the path that its mounts took. */
  readonly took: readonly { readonly arm: string; readonly took: readonly string[] }[];
  readonly images: readonly ImageInfo[];
  readonly proofs: readonly Proof[];
  readonly environment: Environment;
  /** Null in older runs. */
  readonly conditions: Conditions | null;
  readonly fairness: readonly Fairness[];
  readonly run: Pick<
    RunFile,
    'startedAt' | 'finishedAt' | 'host' | 'status' | 'wallNs' | 'cfsbench' | 'commandLine' | 'ledgerSource'
  >;
  readonly plan: Pick<RunFile['plan'], 'seed' | 'profile' | 'budgetNs' | 'blocks' | 'baseline'>;
  readonly scenarios: readonly {
    readonly id: string;
    readonly question: string;
    readonly reproduce: string;
    readonly cache: string;
  }[];
  readonly delta: number;
  /** Ratios of arms with an interval, those of them that a verdict was given of, and how many intervals miss by chance. */
  readonly judged: { readonly cells: number; readonly verdicts: number; readonly missed: number };
  /** Null: a single run. */
  readonly pool: Pooled | null;
  readonly sampleCount: number;
  readonly failures: readonly Problem[];
  readonly skipped: readonly Problem[];
  readonly dropped: readonly string[];
  readonly leaks: LeakView;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}
