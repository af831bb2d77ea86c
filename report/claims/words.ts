// Figures and verdicts as text, the same on the page, in the terminal and in the mail.
import type { Interval } from '../../results/stats/interval.ts';
import { formatPercent, formatRatio, formatValue, tooFewText } from '../format.ts';
import type { ClaimView } from '../view.ts';
import type { Figure } from './claim.ts';
import { type Source, sourcesText } from './source.ts';

const SMALL_COUNT = 100;

const number = (metric: string, value: number): string => {
  // A count per file or per name need not be whole.
  if (metric.endsWith('Count') && !Number.isInteger(value) && Math.abs(value) < SMALL_COUNT)
    return formatValue('', value);
  return metric.endsWith('Ratio') ? formatRatio(value) : formatValue(metric, value);
};

/** `1.04 (1.02..1.07)`; an exact count without an interval. */
export const figureText = (figure: Figure): string =>
  /perFile/i.test(figure.metric) ? `${plainText(figure)} per file` : plainText(figure);

const plainText = ({ metric, value, interval }: Figure): string => {
  if (interval === null) return number(metric, value);
  const range =
    interval.kind === 'tooFew'
      ? `${interval.n} of ${interval.needed} ${interval.of ?? 'values'}`
      : `${number(metric, interval.lo)}..${number(metric, interval.hi)}`;
  return `${number(metric, value)} (${range})`;
};

const signed = (share: number): string => `${share < 0 ? '' : '+'}${formatPercent(share)}`;

/** In whole percent. A ratio of 1.08 is 8 %, though its difference to 1 is a little more. */
const percentOf = (ratio: number, round: (value: number) => number): number =>
  round(Number((100 * (ratio - 1)).toFixed(6))) / 100;

/** Of an open ratio, rounded outward: `the effect may be anything from -5 % to +8 %`. */
export const openEffect = (ratio: Interval): string =>
  ratio.kind === 'tooFew'
    ? tooFewText(ratio)
    : `the effect may be anything from ${signed(percentOf(ratio.lo, Math.floor))} to ${signed(percentOf(ratio.hi, Math.ceil))}`;

/** Claims whose scenarios were part of the run. */
export const askedOf = (claims: readonly ClaimView[]): readonly ClaimView[] =>
  claims.filter(({ verdict }) => verdict !== 'not asked');

/** `3 supported, 1 not supported`. */
export const tallyText = (claims: readonly ClaimView[]): string =>
  (['supported', 'not supported', 'undecided', 'not testable', 'failed'] as const)
    .map((verdict) => [claims.filter((claim) => claim.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ');

export const byText = (by: readonly Source[] | string): string =>
  typeof by === 'string' ? by : sourcesText(by);

/** The number that decided; null if the claim is neither supported nor refuted. */
export const decidingText = ({ verdict, figures }: ClaimView): string | null => {
  const first = figures.find(({ standIn }) => standIn !== true);
  return (verdict === 'supported' || verdict === 'not supported') && first !== undefined
    ? figureText(first)
    : null;
};

/** `files with the right contents: 148`: the number that decided after what it counts, or the reason. */
export const decidingLine = (claim: ClaimView): string => {
  const number = decidingText(claim);
  const deciding = claim.figures.find(({ standIn }) => standIn !== true);
  return number === null || deciding === undefined ? claim.because : `${deciding.what}: ${number}`;
};
