// A table that somebody published in the debate: figures, where they stand, what differs, and which of our rows comes nearest.
import type { Params } from '../../results/schema/run.ts';

export interface PublishedColumn {
  /** The machine, where a table has several. */
  readonly setup?: string;
  readonly title: string;
  /** The unit is the suffix: `Ns`, `Bytes`, `Ratio`. */
  readonly metric: string;
  /** The row that ratios are taken to: what our baseline comes nearest to. */
  readonly baseline: string;
  /** What is asked here for the same; absent: nothing. */
  readonly ours?: { readonly scenario: string; readonly metric: string; readonly params?: Params };
}

/** A range where a range was published; null where nothing was. */
export type PublishedValue = number | readonly [least: number, most: number] | null;

export interface PublishedRow {
  readonly name: string;
  /** Id of the backend here that comes nearest; null: none does. */
  readonly ours: string | null;
  /**
   * The row that this one was a change of, and our backend that is the same change's other half: its ratio is to that, not to the
   * column's baseline. A direct loop device is to be held against a buffered one, never against a mount from the file.
   */
  readonly control?: { readonly row: string; readonly ours: string };
  /** In the order of the columns. */
  readonly values: readonly PublishedValue[];
}

export interface PublishedTable {
  /** `T1` to `T9`. */
  readonly id: string;
  readonly title: string;
  readonly by: string;
  /** ISO 8601, as exact as it is known. */
  readonly date: string;
  /** Message, commit or release in which it stands. */
  readonly where: string;
  /** Read as an excerpt, not in the original. */
  readonly excerpt: boolean;
  /** Kernel, disk, image and whatever else is not as it is here, one sentence each. */
  readonly differs: readonly string[];
  readonly columns: readonly PublishedColumn[];
  readonly rows: readonly PublishedRow[];
}

export const MS = 1e6;
export const SECOND = 1e9;
/** As the mails count: the unit is not said to be binary. */
export const MB = 1e6;

const walk = (cache: 'cold' | 'warm', baseline: string, setup?: string): PublishedColumn => ({
  ...(setup === undefined ? {} : { setup }),
  title: `ls -lR, ${cache}`,
  metric: 'walkWallNs',
  baseline,
  ours: { scenario: `walk-${cache}`, metric: 'walkWallNs' },
});

/** The list's own command, cold and warm. */
export const walks = (baseline: string, setup?: string): readonly PublishedColumn[] => [
  walk('cold', baseline, setup),
  walk('warm', baseline, setup),
];

export const inMs = (...ms: readonly (number | null)[]): readonly PublishedValue[] =>
  ms.map((value) => (value === null ? null : value * MS));
