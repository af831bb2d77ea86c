// The data of a report: computed, not formatted, every string safe to print.
import type { DroppedTexts } from '../results/not-measured.ts';
import type { Pooled } from '../results/pool/pooled.ts';
import type { Conditions, ConditionWarning, Environment } from '../results/schema/machine.ts';
import type { Fairness, ImageInfo, Proof, RunFile } from '../results/schema/run.ts';
import type { Interval } from '../results/stats/interval.ts';
import type { Figure, Judgement } from './claims/claim.ts';
import type { Source } from './claims/source.ts';
import type { PublishedValue } from './published/table.ts';
import type { TamperView } from './tampering/table.ts';
import type { ForestView, GrowthView, LivesView, SpreadView, TimelineView } from './view-charts.ts';
import type { ArmView, CallsView, CountsView, TableView } from './view-tables.ts';

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
export interface DroppedView extends DroppedTexts {
  readonly scenario: string | null;
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
  /** Where attacks on images ended, one table per image. */
  readonly tampering: readonly TamperView[];
  /** The paths that the mounts of each arm took. */
  readonly took: readonly { readonly arm: string; readonly took: readonly string[] }[];
  readonly images: readonly ImageInfo[];
  readonly proofs: readonly Proof[];
  readonly environment: Environment;
  /** Null in older runs. */
  readonly conditions: Conditions | null;
  /** Warnings about the conditions of the run, or of any run of a pool. */
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
  readonly plan: Pick<RunFile['plan'], 'seed' | 'profile' | 'budgetNs' | 'blocks' | 'looks' | 'baseline'>;
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
  /** Which groups the budget ended before every row was decided, as a sentence; empty: none, or a pool. */
  readonly cutText: string;
  readonly leaks: LeakView;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}
