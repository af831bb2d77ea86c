// What the page's script draws: JSON in a script element, written by the renderer, read once.

export interface PageArm {
  readonly id: string;
  readonly color: number;
  readonly role: 'baseline' | 'arm' | 'null';
}

/** A value with its interval, where there is one, and as text. */
export interface Point {
  readonly row: number;
  readonly value: number;
  readonly lo: number | null;
  readonly hi: number | null;
  readonly text: string;
}

/** Rows of points; `arm` is an index into the arms. */
export interface PointChart {
  readonly id: string;
  readonly rows: readonly string[];
  readonly series: readonly { readonly arm: number; readonly points: readonly Point[] }[];
}

/** One bar per arm, in segments; a count is null where the arm was not counted. */
export interface StackChart {
  readonly id: string;
  readonly arms: readonly number[];
  readonly segments: readonly { readonly label: string; readonly counts: readonly (number | null)[] }[];
}

export interface PageData {
  readonly arms: readonly PageArm[];
  /** Times on a logarithmic axis, in nanoseconds. */
  readonly dots: readonly PointChart[];
  /** Times from zero, in nanoseconds. */
  readonly bars: readonly PointChart[];
  readonly stacks: readonly StackChart[];
}
