// Numbers as text. Everywhere else they are nanoseconds, bytes and counts; only here are they scaled.
import type { Count } from '../results/compare/counts.ts';
import { isLadderRate } from '../results/compare/ladder.ts';
import type { Interval } from '../results/stats/interval.ts';
import { HIGHEST_PER_SECOND, LOWEST_PER_SECOND } from './ladder.ts';
import { asciiText } from './text.ts';

const DIGITS = 3;

/** 9214 as `9,214`, the same in every locale. */
export const grouped = (value: number): string =>
  (Number.isInteger(value) ? String(value) : value.toFixed(1)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Rounded to a whole number, it has more than three digits. */
const FEWEST_GROUPED = 999.5;

const significant = (value: number): string => {
  if (Math.abs(value) >= FEWEST_GROUPED) return grouped(Math.round(value));
  const digits = Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, DIGITS - 1));
};

/** `1 block`, `8 blocks`. */
export const plural = (count: number, singular: string, several = `${singular}s`): string =>
  `${grouped(count)} ${count === 1 ? singular : several}`;

const scaled = (value: number, units: readonly (readonly [number, string])[]): string => {
  if (value === 0) return `0 ${units.at(-1)![1]}`;
  const [size, unit] = units.find(([smallest]) => Math.abs(value) >= smallest * 0.9995) ?? units.at(-1)!;
  return `${significant(value / size)} ${unit}`;
};

export const formatNs = (ns: number): string =>
  scaled(ns, [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ]);

export const formatBytes = (bytes: number): string =>
  scaled(bytes, [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
    [1, 'B'],
  ]);

/** Beyond the ends of the ladder a rate is a bound. */
const ladderText = (rate: number): string | null => {
  if (rate < LOWEST_PER_SECOND) return `<${LOWEST_PER_SECOND}/s`;
  return rate >= HIGHEST_PER_SECOND ? `>=${grouped(HIGHEST_PER_SECOND)}/s` : null;
};

/** In the unit that the metric's name ends in. */
export const formatValue = (metric: string, value: number): string => {
  const bound = isLadderRate(metric) ? ladderText(value) : null;
  if (bound !== null) return bound;
  if (metric.endsWith('Ns')) return formatNs(value);
  if (metric.endsWith('Bytes')) return formatBytes(value);
  if (metric.endsWith('PerSecond')) return `${significant(value)}/s`;
  if (metric.endsWith('Count')) return grouped(value);
  return significant(value);
};

/** `3,002`, or `3,002..3,004` where the passes differ. */
export const formatCount = (metric: string, { least, most }: Pick<Count, 'least' | 'most'>): string =>
  least === most ? formatValue(metric, least) : `${formatValue(metric, least)}..${formatValue(metric, most)}`;

const SMALLEST_DECIMAL = 1e-5;

/** Three digits, two decimals near 1, an exponent where a decimal would be only zeros. */
export const formatRatio = (ratio: number): string => {
  if (ratio >= 0.1) return significant(ratio);
  if (ratio >= SMALLEST_DECIMAL) return ratio.toFixed(1 - Math.floor(Math.log10(ratio)));
  return ratio > 0 ? ratio.toExponential(0) : '0';
};

/** Nothing where the variation within the runs explains the difference between them: `0.0 %` would read as runs that are equal. */
const apartText = (what: string, spread: { readonly sd: number } | undefined): readonly string[] => {
  const percent = ((spread?.sd ?? 0) * 100).toFixed(1);
  return percent === '0.0' ? [] : [`${what} sd ${percent} %`];
};

/** `run sd 2.1 %`, over several machines `machine sd 1.0 %, run sd 2.1 %`; empty for a single run. */
export const runsApartText = (ratio: Interval): string =>
  ratio.kind === 'interval'
    ? [...apartText('machine', ratio.machines), ...apartText('run', ratio.runs)].join(', ')
    : '';

/** `(0.98..3.52)`. */
export const rangeText = ({ lo, hi }: { readonly lo: number; readonly hi: number }): string =>
  `(${formatRatio(lo)}..${formatRatio(hi)})`;

/** `5 of 8 blocks`. */
export const fewText = ({ n, needed, of }: Extract<Interval, { readonly kind: 'tooFew' }>): string =>
  `${n} of ${needed} ${of ?? 'blocks'}`;

/** `too few runs`: why there is no interval. */
export const tooFewText = ({ of }: Extract<Interval, { readonly kind: 'tooFew' }>): string =>
  `too few ${of ?? 'blocks'}`;

/** `1.50 (0.98..3.52)`: the notation of a ratio in every table, mail and page. */
export const ratioText = (ratio: Interval): string =>
  ratio.kind === 'tooFew' ? fewText(ratio) : `${formatRatio(ratio.center)} ${rangeText(ratio)}`;

/** `<20us`: the verdict of a difference below the floor. */
export const floorText = (floorNs: number): string =>
  `<${asciiText(formatNs(floorNs)).replace(/(\.0+)? /, '')}`;

export const formatPercent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** Name of a quantile: 0 is `least`, 0.25 is `25 %`. */
export const shareText = (share: number): string =>
  share === 0 ? 'least' : share === 1 ? 'most' : share === 0.5 ? 'median' : `${share * 100} %`;

/** `createWallNs` as `create`, `imagesPerSecond` as `images/s`, `commandStartWallNs` as `null cmd`. */
export const shortName = (metric: string): string =>
  metric
    .replace(/^commandStartWallNs$/, 'null cmd')
    .replace(/^pulledImages/, 'pulled')
    .replace(/PerObjectNs$/, '/object')
    .replace(/(Wall|Median)Ns$/, '')
    .replace(/PerSecond$/, '/s') || metric;

/** `kernelPerMountBytes` as `kernel per mount`: for labels beside an axis that says the unit. */
export const plainName = (metric: string): string =>
  shortName(metric)
    .replace(/(CallCount|Bytes|Count|Ratio|Ns)$/, '')
    .replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`) || metric;

/** `2026-01-15T10:00:00.000Z` as `2026-01-15 10:00 UTC`. */
export const formatInstant = (iso: string): string => {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso);
  return parts === null ? iso : `${parts[1]} ${parts[2]} UTC`;
};
