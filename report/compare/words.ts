// The name of a row and its change, as text.
import type { Count } from '../../results/compare/counts.ts';
import type { ExactResult, ExactStatus } from '../../results/gate/exact.ts';
import type { RowPlace } from '../../results/gate/exact-rows.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import { ascii } from '../../results/visible.ts';
import { formatValue, grouped, ratioText } from '../format.ts';
import { asciiText } from '../text.ts';

export const CHANGED: readonly ExactStatus[] = ['worse', 'varies', 'vanished', 'better'];
/** Those that a reader looks for first. */
export const STATUSES: readonly ExactStatus[] = [
  ...CHANGED,
  'new',
  'demoted',
  'unjudged',
  'incomparable',
  'equal',
];

export const placeText = ({ scenario, params, image, arm }: RowPlace): string =>
  ascii([scenario, params, image, arm].filter((part) => part !== '').join(', '));

export const countedText = ({ counted }: ExactResult): string => {
  if (counted === null) return 'everything';
  return ascii(
    counted.kind === 'call' ? `${counted.phase}: ${counted.actor}: ${counted.call}` : counted.metric,
  );
};

export const countText = (count: Count | null): string => {
  if (count === null) return 'none';
  return count.least === count.most
    ? grouped(count.least)
    : `${grouped(count.least)} to ${grouped(count.most)}`;
};

export const changeText = ({ base, head }: ExactResult): string => {
  const [from, to] = [base?.least ?? 0, head?.least ?? 0];
  if (countText(base) === countText(head)) return `${countText(base)} in both`;
  const by = to - from;
  const sign = by > 0 ? '+' : '';
  return `${countText(base)} -> ${countText(head)}${by === 0 ? '' : ` (${sign}${grouped(by)})`}`;
};

export const latencyText = (row: LatencyResult): string =>
  asciiText(
    `${formatValue(row.metric, row.baseMedian)} -> ${row.headMedian === null ? 'absent' : formatValue(row.metric, row.headMedian)}, ${ratioText(row.ratio)}`,
  );

/** Why a row is red, in half a line. */
export const reasonText = (row: ExactResult): string => {
  switch (row.status) {
    case 'vanished':
      return row.counted === null
        ? 'in the base, not in the head'
        : 'counted in the base, absent from the head';
    case 'varies':
      return `constant in the base, varies in the head: ${changeText(row)}`;
    default:
      return changeText(row);
  }
};
