// The finding: a few plain sentences with the time of each backend as far as it was decided, the times that are not included, and the
// machine. Terminal, page, mail and Markdown begin or end with it.
import { isDecided } from '../../results/compare/looks.ts';
import type { Design } from '../../results/compare/phase-of.ts';
import type { GroupData, Tallied } from '../../results/compare/tally.ts';
import { emulationText } from '../../results/emulated.ts';
import { own } from '../../results/own.ts';
import { LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { formatPercent } from '../format.ts';
import { isOverMachines } from '../standing.ts';
import type { ForestView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';
import { livesSentence } from './lives.ts';
import { type DescribedRun, machineSentence } from './machine.ts';
import { type Quantity, quantitiesOf } from './quantities.ts';
import { standingSentence } from './standing-sentence.ts';
import {
  type ComparedArm,
  comparedArms,
  fewWords,
  listText,
  namedArms,
  nameOf,
  quantitySentence,
} from './words.ts';

/** Parts of the report beside the first table. */
type Elsewhere = 'sections' | 'counts' | 'nothing';

export interface FindingInput extends DescribedRun {
  readonly tallied: Tallied;
  /** In the order of the report. */
  readonly groups: readonly GroupData[];
  readonly design: Design;
  readonly arms: readonly ArmView[];
  readonly elsewhere: Elsewhere;
  /** The first one is summed up. */
  readonly forests: readonly ForestView[];
}

const WITHOUT_TIMES: Readonly<Record<Elsewhere, (sampleCount: number) => string>> = {
  sections: (sampleCount) =>
    `The first table has no rows: the results of ${sampleCount} slots are in sections of their own.`,
  counts: (sampleCount) => `Counted, not timed: calls, requests and files of ${sampleCount} slots.`,
  nothing: (sampleCount) =>
    `Nothing was measured: none of ${sampleCount} slots gave a value for the first table.`,
};

interface ComparedQuantity {
  readonly quantity: Quantity;
  readonly compared: readonly ComparedArm[];
}

/** Null: something differs. */
const openingOf = (all: readonly ComparedQuantity[], baselineName: string): string | null => {
  const verdicts = all.flatMap(({ compared }) => compared.map(({ versus }) => versus.verdict));
  if (verdicts.length === 0) return `Nothing is compared: ${baselineName} is alone.`;
  if (verdicts.every((verdict) => verdict === 'tooFew'))
    return `T${fewWords(all.flatMap(({ compared }) => compared)).slice(1)} to compare the backends.`;
  if (!verdicts.some(isDecided)) return 'This run cannot tell the backends apart.';
  return verdicts.every((verdict) => verdict === 'same' || verdict === 'belowFloor')
    ? 'No difference was found.'
    : null;
};

const excludedSentence = (quantities: readonly Quantity[]): string | null => {
  const excluded = quantities.flatMap(({ excludes }) => excludes);
  return excluded.length === 0 ? null : `Not included in these times: ${excluded.join(', ')}.`;
};

/** Headline backends that a reader expects and does not find, each with the reason. */
const absentSentence = (
  { run, tallied, arms }: FindingInput,
  all: readonly ComparedQuantity[],
): string | null => {
  const measured = new Set(all.flatMap(({ quantity }) => quantity.row.cells.map(({ arm }) => arm)));
  const skipped = run.skipped.flatMap((one) => {
    if (one.kind !== 'arm' || one.image !== undefined) return [];
    const info = own(run.catalogue.backends, one.backend);
    return info === undefined || info.answers !== undefined ? [] : [`${info.title} (needs ${one.need})`];
  });
  const failed = arms
    .filter(({ id, role, variant }) => role !== 'null' && !variant && !measured.has(id))
    .map((arm) => {
      const hasFailed = tallied.failures.some((failure) => failure.arm === arm.id);
      return `${nameOf(arm, arms)}${hasFailed ? ' (failed)' : ''}`;
    });
  const absent = [...new Set([...skipped, ...failed])];
  return absent.length === 0 ? null : `Not measured: ${listText(absent)}.`;
};

/** The sentence on ratios and the numbers in parentheses. A ratio of two medians is another number than a median of ratios. */
const rangesSentence = ({ pool }: FindingInput, all: readonly ComparedQuantity[]): string | null => {
  if (!all.some(({ compared }) => namedArms(compared).some(({ versus }) => versus.ratio.kind === 'interval')))
    return null;
  const interval = `in parentheses its ${formatPercent(LOOK_CONFIDENCE)} interval`;
  if (pool === null)
    return `Each ratio is the median of the ratios within the blocks, not the quotient of two medians; ${interval}.`;
  const over = isOverMachines(pool) ? 'machines' : 'runs';
  return `Each ratio is the geometric mean over the ${over}; ${interval}, which holds for further ${over} like these.`;
};

const WORK_FILE_SYSTEM = 'work folder';

/** `a reflink checkout on XFS on a loop file`: arms whose files did not lie in the work folder. */
const elsewhereOf = (groups: readonly GroupData[], arms: readonly ArmView[]): readonly string[] =>
  arms.flatMap((arm) => {
    const took = groups.flatMap((group) => [...(group.took.get(arm.id) ?? [])]);
    const places = took.flatMap((text) => /(?:^|, )on: ([^,]+)/.exec(text)?.[1] ?? []);
    return [...new Set(places)]
      .filter((place) => place !== WORK_FILE_SYSTEM)
      .map((place) => `${nameOf(arm, arms)} on ${place}`);
  });

/** One sentence each. Where something differs, the times of the first quantity come first, then the sum of those in the first chart. */
export const findingOf = (input: FindingInput): readonly string[] => {
  const { arms, groups, design, tallied, elsewhere } = input;
  const all = quantitiesOf(groups, design).map((quantity) => ({
    quantity,
    compared: comparedArms(quantity, arms),
  }));
  const emulated = emulationText(input.run);
  if (emulated !== null) return [`${emulated.charAt(0).toUpperCase()}${emulated.slice(1)}.`];
  const lives = livesSentence(groups, arms);
  const livesSentences = lives === null ? [] : [`${lives}.`];
  if (all.length === 0)
    return livesSentences.length > 0
      ? [...livesSentences, machineSentence(input)]
      : [WITHOUT_TIMES[elsewhere](tallied.sampleCount)];
  const baseline = arms.find(({ role }) => role === 'baseline');
  const baselineName = baseline === undefined ? design.baseline : nameOf(baseline, arms);
  const { delta = 0 } = design;
  const opening = openingOf(all, baselineName);
  return [
    opening,
    ...all.map(
      ({ quantity, compared }, at) =>
        `${quantitySentence(quantity, baselineName, compared, { values: at === 0, delta })}.`,
    ),
    ...livesSentences,
    opening === null ? standingSentence(input.forests, arms, baselineName) : null,
    excludedSentence(all.map(({ quantity }) => quantity)),
    absentSentence(input, all),
    rangesSentence(input, all),
    machineSentence(input, elsewhereOf(groups, arms)),
  ].filter((sentence) => sentence !== null);
};
