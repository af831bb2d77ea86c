// The smallest image on which a rule about readahead, stacking, growth or memory may decide. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { grouped } from '../format.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { unmeasured } from './missing.ts';

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

/** `count`: of the largest measured image. */
export const tooSmall = (count: number, figures: readonly Figure[] = [], unit = 'entries'): Judgement => ({
  verdict: 'undecided',
  because: `measured too small, ${grouped(count)} ${unit}: --profile full`,
  wouldDecide: FULL_PROFILE,
  figures,
});

/** As `unmeasured`, but asks for a large image if the run has none. */
export const unmeasuredLarge = (
  evidence: Evidence,
  ids: readonly string[],
  scenarios: readonly string[],
): Judgement => {
  const judgement = unmeasured(evidence, ids, `${FULL_PROFILE} --scenarios ${scenarios.join(',')}`);
  const most = Math.max(0, ...evidence.run.images.map(({ entryCount }) => entryCount));
  return judgement.verdict === 'undecided' && most < ENOUGH_ENTRIES
    ? tooSmall(most, judgement.figures)
    : judgement;
};
