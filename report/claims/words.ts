// The numbers of a verdict in words, the same on a page, in a terminal and in a mail.
import { formatRatio, formatValue } from '../format.ts';
import type { ClaimView } from '../view.ts';
import type { Figure } from './claim.ts';
import { type Source, sourcesText } from './source.ts';

const SMALL_COUNT = 100;

const number = (metric: string, value: number): string => {
  // So much for each file: a count that is no whole number.
  if (metric.endsWith('Count') && !Number.isInteger(value) && Math.abs(value) < SMALL_COUNT)
    return formatValue('', value);
  return metric.endsWith('Ratio') ? formatRatio(value) : formatValue(metric, value);
};

/** `1.04 (1.02..1.07)`; of an exact count the number alone. */
export const figureText = (figures: Figure): string =>
  /perFile/i.test(figures.metric) ? `${plainText(figures)} a file` : plainText(figures);

const plainText = ({ metric, value, interval }: Figure): string => {
  if (interval === null) return number(metric, value);
  const range =
    interval.kind === 'tooFew'
      ? `${interval.n} of ${interval.needed} ${interval.of ?? 'values'}`
      : `${number(metric, interval.lo)}..${number(metric, interval.hi)}`;
  return `${number(metric, value)} (${range})`;
};

/** Those that the run was asked about. */
export const askedOf = (claims: readonly ClaimView[]): readonly ClaimView[] =>
  claims.filter(({ verdict }) => verdict !== 'not asked');

/** `3 supported, 1 not supported, …`; what nothing came out as is left out. */
export const tallyText = (claims: readonly ClaimView[]): string =>
  (['supported', 'not supported', 'undecided', 'not testable', 'failed'] as const)
    .map((verdict) => [claims.filter((claim) => claim.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ');

export const byText = (by: readonly Source[] | string): string =>
  typeof by === 'string' ? by : sourcesText(by);

/** The number that a verdict stands on; null of any other answer, and where a rule broke. */
export const decidingText = ({ verdict, figures }: ClaimView): string | null => {
  const first = figures.find(({ standIn }) => standIn !== true);
  return (verdict === 'supported' || verdict === 'not supported') && first !== undefined
    ? figureText(first)
    : null;
};
