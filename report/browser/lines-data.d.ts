// The data of line charts: distributions and trends.
import type { Unit } from './data.d.ts';

export interface LineAxis {
  readonly title: string;
  readonly unit: Unit | 'share';
  readonly log: boolean;
  /** A linear axis begins at zero. */
  readonly zero?: boolean;
  /** Labels of the positions 0, 1, 2, …; null where positions are values. */
  readonly labels: readonly string[] | null;
}

export interface LineSeries {
  readonly label: string;
  /** Index into the arms, for the color. */
  readonly arm: number;
  /** `step`: a mark in the middle; `order`: one mark per block, joined by a thin line; `level`: stepped and dashed; `fit`: dashed; `points`, `marks` and `ranges`: no line. */
  readonly style: 'step' | 'order' | 'line' | 'level' | 'fit' | 'points' | 'marks' | 'ranges';
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Instead of points: ascending; the n-th of N is where the distribution reaches n/N. */
  readonly values?: readonly number[];
  /** Vertical range of each point, in `line`, `points` and `ranges`. A logarithmic axis has zeros at its edge. */
  readonly ranges: readonly (readonly [lo: number, hi: number])[];
}

export interface LineChart {
  readonly id: string;
  readonly x: LineAxis;
  readonly y: LineAxis;
  readonly lines: readonly LineSeries[];
}
