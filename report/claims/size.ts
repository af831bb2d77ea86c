// The smallest image on which a rule about readahead, stacking, growth or memory may decide. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { grouped } from '../format.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { onOneCpu } from './groups.ts';
import { LONGER, NO_FAILURE, unmeasured } from './missing.ts';

/**
 * A third of the debate's image, so that a verdict reaches no further than three times the measured size; its manifest has several
 * megabytes, more than one readahead window.
 */
export const ENOUGH_ENTRIES = 20_000;
const FULL_PROFILE = 'cfsbench run --profile full';

export const entriesOf = ({ run }: Evidence, image: string): number =>
  run.images.find(({ name }) => name === image)?.entryCount ?? 0;

export const isLarge = (evidence: Evidence, { group }: GroupData): boolean =>
  entriesOf(evidence, group.image) >= ENOUGH_ENTRIES;

/** Groups of a large image ended for lack of time. */
const hadNoTime = ({ run }: Evidence, scenarios: readonly string[]): boolean =>
  run.plan.dropped.some(
    (one) =>
      one.kind === 'group' &&
      scenarios.includes(one.scenario) &&
      run.images.some(({ name, entryCount }) => name === one.image && entryCount >= ENOUGH_ENTRIES),
  );

/** What a rule reads. */
export interface LargeQuestion {
  readonly arms: readonly string[];
  readonly scenarios: readonly string[];
}

/** `erofs-only on large`: slots of these arms that failed on a large image, with any placement. */
const failedOnLarge = (
  evidence: Evidence,
  { arms, scenarios, unit }: Pick<LargestMeasured, 'arms' | 'scenarios' | 'unit'>,
): readonly string[] => {
  const isLargeImage = (image: string): boolean =>
    evidence.run.images.some(
      ({ name, entryCount, fileCount }) =>
        name === image && (unit === 'files' ? fileCount : entryCount) >= ENOUGH_ENTRIES,
    );
  const failed = scenarios
    .flatMap((scenario) => [{ scenario }, onOneCpu({ scenario })])
    .flatMap((filter) => evidence.failed(filter))
    .filter(({ arm, image }) => arms.includes(arm) && isLargeImage(image));
  return [...new Set(failed.map(({ arm, image }) => `${arm} on ${image}`))];
};

interface LargestMeasured extends LargeQuestion {
  /** Of the largest measured image. */
  readonly count: number;
  readonly unit?: 'entries' | 'files';
}

export const tooSmall = (
  evidence: Evidence,
  { count, unit = 'entries', arms, scenarios }: LargestMeasured,
  figures: readonly Figure[] = [],
): Judgement => {
  const small = `measured too small, ${grouped(count)} ${unit}`;
  const failed = failedOnLarge(evidence, { arms, scenarios, unit });
  if (failed.length > 0)
    return {
      verdict: 'undecided',
      because: `${small}: slots of ${failed.join(', ')} failed`,
      wouldDecide: NO_FAILURE,
      figures,
    };
  const isLate = hadNoTime(evidence, scenarios);
  return {
    verdict: 'undecided',
    because: isLate ? `${small}: no time for the large image` : `${small}: --profile full`,
    wouldDecide: isLate ? LONGER : FULL_PROFILE,
    figures,
  };
};

/** As `unmeasured`, of arms and scenarios, but asks for a large image if the run has none. */
export const unmeasuredLarge = (
  evidence: Evidence,
  arms: readonly string[],
  scenarios: readonly string[],
): Judgement => {
  const judgement = unmeasured(
    evidence,
    [...arms, ...scenarios],
    `${FULL_PROFILE} --scenarios ${scenarios.join(',')}`,
  );
  const most = Math.max(0, ...evidence.run.images.map(({ entryCount }) => entryCount));
  return judgement.verdict === 'undecided' && most < ENOUGH_ENTRIES
    ? tooSmall(evidence, { count: most, arms, scenarios }, judgement.figures)
    : judgement;
};
