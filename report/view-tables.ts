// The data of tables: arms, rows and their cells, calls, counts.
import type { CallCount, Count } from '../results/compare/counts.ts';
import type { Verdict } from '../results/compare/verdict.ts';
import type { Metric, Phase } from '../results/schema/run.ts';
import type { Interval } from '../results/stats/interval.ts';

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
