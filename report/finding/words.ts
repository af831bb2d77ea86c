// One quantity as a sentence: the baseline's time, then every other arm as far as the run decided it. Pure.
import type { Cell, Versus } from '../../results/compare/rows.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { floorText, formatPercent, formatRatio, formatValue } from '../format.ts';
import type { ArmView } from '../view-tables.ts';
import type { Quantity } from './quantities.ts';

export const listText = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

export interface ComparedArm {
  readonly name: string;
  readonly cell: Cell;
  readonly versus: Versus;
}

/** Longer lists are not read; the tables have every arm. */
export const MOST_COMPARED = 3;

/** Titles, as far as no two arms share one. */
export const nameOf = (arm: ArmView, arms: readonly ArmView[]): string =>
  arms.some(({ id, title }) => id !== arm.id && title === arm.title) ? arm.id : arm.title;

/** Headline arms, then variants, that were compared with the baseline. */
export const comparedArms = ({ row }: Quantity, arms: readonly ArmView[]): readonly ComparedArm[] =>
  [...arms]
    .filter(({ role }) => role === 'arm')
    .sort((a, b) => Number(a.variant) - Number(b.variant))
    .flatMap((arm) => {
      const cell = row.cells.find((one) => one.arm === arm.id);
      return cell === undefined || cell.versus === null
        ? []
        : [{ name: nameOf(arm, arms), cell, versus: cell.versus }];
    });

/** The arms that a sentence names. */
export const namedArms = (compared: readonly ComparedArm[]): readonly ComparedArm[] =>
  compared.slice(0, MOST_COMPARED);

const known = ({ versus: { ratio } }: ComparedArm) =>
  ratio as Extract<Interval, { readonly kind: 'interval' }>;

const timesText = (metric: string): string => {
  if (metric.endsWith('Ns')) return 'times as long';
  return metric.endsWith('PerSecond') ? 'times as many' : 'times as much';
};

const rangeWords = (arm: ComparedArm): string =>
  `${formatRatio(known(arm).lo)}..${formatRatio(known(arm).hi)}`;

interface SentenceStyle {
  /** The other arms' own times beside their ratios. */
  readonly values: boolean;
  readonly delta: number;
}

const differing = (
  { row: { metric }, verb }: Quantity,
  arms: readonly ComparedArm[],
  { values }: SentenceStyle,
): readonly string[] =>
  arms.map((arm) =>
    values
      ? `${verb === 'in' ? 'in ' : ''}${formatValue(metric, arm.cell.median)} with ${arm.name} (${formatRatio(known(arm).center)} ${timesText(metric)}, ${rangeWords(arm)})`
      : `${formatRatio(known(arm).center)} ${timesText(metric)} with ${arm.name} (${rangeWords(arm)})`,
  );

const namesOf = (arms: readonly ComparedArm[]): string => listText(arms.map(({ name }) => name));

const clause = (arms: readonly ComparedArm[], text: string): readonly string[] =>
  arms.length === 0 ? [] : [text];

/** Of arms without an interval. */
export const fewWords = (arms: readonly ComparedArm[]): string =>
  arms.some(({ versus: { ratio } }) => ratio.kind === 'tooFew' && ratio.of === 'runs')
    ? 'too few runs'
    : 'too few blocks';

/** Without its full stop. */
export const quantitySentence = (
  quantity: Quantity,
  baselineName: string,
  compared: readonly ComparedArm[],
  style: SentenceStyle,
): string => {
  const arms = namedArms(compared);
  const { lead, verb, row } = quantity;
  const having = (...verdicts: readonly Versus['verdict'][]): readonly ComparedArm[] =>
    arms.filter(({ versus }) => verdicts.includes(versus.verdict));
  const baseline = row.cells.find(({ arm }) => arm === quantity.baseline)!;
  const [same, below, open, few] = [
    having('same'),
    having('belowFloor'),
    having('undecided'),
    having('tooFew'),
  ];
  const different = differing(quantity, having('faster', 'slower'), style);
  const first = `${[lead, verb].filter((part) => part !== '').join(' ')} ${formatValue(row.metric, baseline.median)} with ${baselineName}`;
  return [
    [first, ...different].join(', '),
    ...clause(same, `the same within ${formatPercent(style.delta)} with ${namesOf(same)}`),
    ...clause(
      below,
      `less than ${floorText(below[0]?.versus.floor ?? 0).slice(1)} apart with ${namesOf(below)}`,
    ),
    ...clause(
      open,
      `undecided for ${listText(open.map((arm) => `${arm.name} (${rangeWords(arm)} ${timesText(row.metric)})`))}`,
    ),
    ...clause(few, `${fewWords(few)} to compare ${namesOf(few)}`),
  ].join('; ');
};
