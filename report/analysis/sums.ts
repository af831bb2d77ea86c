// Rows that no table has: a time that is the sum of several metrics, such as create and mount.
import type { Design } from '../../results/compare/phase-of.ts';
import { type Row, rowOf } from '../../results/compare/rows.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Params } from '../../results/schema/shared.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';

export interface SumPattern {
  readonly scenario: string;
  /** Of the group, beside others. */
  readonly params: Params;
  /** The time is their sum. */
  readonly metrics: readonly string[];
}

/** The sum of several metrics, block by block; null: one of them is absent. */
const sumByArm = (
  { time }: GroupData,
  [first, ...others]: readonly string[],
): ReadonlyMap<string, ByBlock> | null => {
  const arms = time.get(first!);
  if (arms === undefined) return null;
  const sums = new Map<string, ByBlock>();
  for (const [arm, values] of arms) {
    const rest = others.map((metric) => time.get(metric)?.get(arm));
    const sum = new Map<number, number>();
    values.forEach((value, block) => {
      const parts = rest.map((byBlock) => byBlock?.get(block));
      if (parts.every((part) => part !== undefined))
        sum.set(
          block,
          parts.reduce((a, b) => a + b, value),
        );
    });
    if (sum.size > 0) sums.set(arm, sum);
  }
  return sums.size === 0 ? null : sums;
};

const SUM = 'sumWallNs';

const hasIntervals = ({ cells }: Row): boolean =>
  cells.some(({ versus }) => versus?.ratio.kind === 'interval');

/** The first of several ways to measure a time whose row compares arms, else the first that has a row; null: none has one. */
export const firstCompared = <P extends SumPattern>(
  ways: readonly P[],
  groups: readonly GroupData[],
  design: Design,
): { readonly way: P; readonly row: Row } | null => {
  const found = ways.flatMap((way) => {
    const row = sumRow(groups, way, design);
    return row === null ? [] : [{ way, row }];
  });
  return found.find(({ row }) => hasIntervals(row)) ?? found[0] ?? null;
};

/** Of the first group that fits and has a value of the baseline; null: none. */
const sumRow = (
  groups: readonly GroupData[],
  { scenario, params, metrics }: SumPattern,
  design: Design,
): Row | null => {
  for (const group of groups) {
    const { group: planned } = group;
    const isWanted =
      planned.scenario === scenario &&
      (planned.params['placement'] ?? 'free') === 'free' &&
      Object.entries(params).every(([key, value]) => planned.params[key] === value);
    const sums = isWanted ? sumByArm(group, metrics) : null;
    const row = sums === null ? null : rowOf({ ...group, time: new Map([[SUM, sums]]) }, SUM, design);
    if (row?.cells.some(({ arm }) => arm === design.baseline)) return row;
  }
  return null;
};
