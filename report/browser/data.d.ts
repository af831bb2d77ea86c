// The data of the charts: JSON in a script element of the page.
import type { LineChart } from './lines-data.d.ts';

export interface PageArm {
  readonly id: string;
  readonly role: 'baseline' | 'arm' | 'null';
  readonly hue: number | 'null';
  readonly shape: number;
  /** How often the hue was given before: bars get a pattern. */
  readonly before: number;
}

/** A value as number and text, with its interval if it has one. */
export interface Point {
  readonly row: number;
  readonly value: number;
  readonly lo: number | null;
  readonly hi: number | null;
  readonly text: string;
}

export type Unit = 'ns' | 'B' | 'perSecond' | 'ratio' | 'count';

/** Rows of points; `arm` is an index into the arms. */
export interface PointChart {
  readonly id: string;
  readonly unit: Unit;
  /** Of a logarithmic axis, above zero; charts to be compared share it. */
  readonly span: { readonly min: number; readonly max: number };
  readonly rows: readonly string[];
  readonly series: readonly { readonly arm: number; readonly points: readonly Point[] }[];
}

/** One bar per arm, in segments; a count is null where the arm was not counted. */
export interface StackChart {
  readonly id: string;
  readonly arms: readonly number[];
  readonly segments: readonly { readonly label: string; readonly counts: readonly (number | null)[] }[];
  /** The calls of each arm as text: a range where the passes differ, which segments of the least counts do not show. */
  readonly sums: readonly string[];
}

/** Ratios to the baseline on a logarithmic axis, by quantity; `arm` is an index into the arms. */
export interface ForestChart {
  readonly id: string;
  readonly span: { readonly min: number; readonly max: number };
  readonly ticks: readonly number[];
  /** The range that counts as no difference. */
  readonly within: readonly [lo: number, hi: number];
  readonly quantities: readonly {
    readonly title: string;
    readonly baseline: string;
    /** The baseline against itself; null: not measured. */
    readonly again: ForestRatio | null;
    readonly rows: readonly {
      readonly arm: number;
      /** In nanoseconds. */
      readonly median: number;
      /** Null: too few blocks. */
      readonly ratio: ForestRatio | null;
      readonly text: string;
    }[];
  }[];
}

type ForestRatio = readonly [lo: number, center: number, hi: number];

/** One bar per arm, its phases one after another, in nanoseconds; `values` in the order of `arms`. */
export interface LifecycleChart {
  readonly id: string;
  readonly arms: readonly number[];
  readonly states: readonly {
    readonly title: string;
    readonly phases: readonly { readonly phase: string; readonly values: readonly (number | null)[] }[];
  }[];
}

export interface PageData {
  /** The subject of the page, such as `run 2026-11-28-…`: printed on saved pictures, and part of their names. */
  readonly title: string;
  /** Kernel, processor, file system and day, of a fleet its machines and kernels, in one line; empty on pages that compare runs. */
  readonly machine: string;
  readonly arms: readonly PageArm[];
  readonly forests: readonly ForestChart[];
  readonly lifecycles: readonly LifecycleChart[];
  /** On a logarithmic axis. */
  readonly dots: readonly PointChart[];
  /** From zero. */
  readonly bars: readonly PointChart[];
  readonly lines: readonly LineChart[];
  readonly stacks: readonly StackChart[];
}
