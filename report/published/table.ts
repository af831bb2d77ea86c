// A table published in the debate: its numbers, its source, the differences to this machine, and the nearest rows of this run.
import type { Params } from '../../results/schema/shared.ts';

export interface PublishedColumn {
  /** The machine, if the table has several. */
  readonly setup?: string;
  readonly title: string;
  /** The unit is the suffix: `Ns`, `Bytes`, `Ratio`. */
  readonly metric: string;
  /** The row that ratios are taken to: the one nearest to our baseline. */
  readonly baseline: string;
  /** The nearest measurement of this run; absent: none. */
  readonly ours?: { readonly scenario: string; readonly metric: string; readonly params?: Params };
}

/** Null: nothing was published. */
export type PublishedValue = number | readonly [least: number, most: number] | null;

export interface PublishedRow {
  readonly name: string;
  /** Id of the nearest backend; null: none. */
  readonly ours: string | null;
  /**
   * Ratios of this row are taken to this row and backend instead of the column's baseline: a direct loop device is compared with a
   * buffered one, never with a mount from the file.
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
  /** ISO 8601, as exact as known. */
  readonly date: string;
  /** Message, commit or release. */
  readonly where: string;
  /** Known from an excerpt, not from the original. */
  readonly excerpt: boolean;
  /** Kernel, disk, image and other differences, one sentence each. */
  readonly differs: readonly string[];
  readonly columns: readonly PublishedColumn[];
  readonly rows: readonly PublishedRow[];
}

export const MS = 1e6;
export const SECOND = 1e9;
/** Decimal, because the mails do not say that it is binary. */
export const MB = 1e6;

const walk = (cache: 'cold' | 'warm', baseline: string, setup?: string): PublishedColumn => ({
  ...(setup === undefined ? {} : { setup }),
  title: `ls -lR, ${cache}`,
  metric: 'walkWallNs',
  baseline,
  ours: { scenario: `walk-${cache}`, metric: 'walkWallNs' },
});

/** The command used on the mailing list, cold and warm. */
export const walks = (baseline: string, setup?: string): readonly PublishedColumn[] => [
  walk('cold', baseline, setup),
  walk('warm', baseline, setup),
];

export const inMs = (...ms: readonly (number | null)[]): readonly PublishedValue[] =>
  ms.map((value) => (value === null ? null : value * MS));
