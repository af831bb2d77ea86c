// Lines over numbers: distributions and trends.
import type { PageArm, Unit } from './data.d.ts';

export interface LineAxis {
  readonly title: string;
  readonly unit: Unit | 'share';
  readonly log: boolean;
  /** Of the positions 0, 1, 2, …; null: positions are values. */
  readonly labels: readonly string[] | null;
}

export interface LineSeries {
  readonly label: string;
  /** Index into the arms: the colour. */
  readonly arm: number;
  /** `level`: stepped and dashed; `fit`: dashed; `points`, `marks` and `ranges`: no line. */
  readonly look: 'step' | 'line' | 'level' | 'fit' | 'points' | 'marks' | 'ranges';
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Instead of points: the n-th of N, ascending, is where a distribution reaches n/N. */
  readonly values?: readonly number[];
  /** By point, in `line`, `points` and `ranges`: drawn upright through it. */
  readonly ranges: readonly (readonly [lo: number, hi: number])[];
}

export interface LineChart {
  readonly id: string;
  readonly x: LineAxis;
  readonly y: LineAxis;
  readonly lines: readonly LineSeries[];
}

export interface LinesData {
  readonly arms: readonly PageArm[];
  readonly lines: readonly LineChart[];
}
