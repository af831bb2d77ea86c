// How large an image must be before a rule on readahead, stacking, growth or memory says anything of it. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { grouped } from '../format.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { unmeasured } from './ratios.ts';

/**
 * A third of the image of the debate, so that a verdict reaches no further than three times what was measured; and a manifest of
 * some megabytes, which no single readahead window holds.
 */
export const ENOUGH_ENTRIES = 20_000;
export const FULL_PROFILE = 'cfsbench run --profile full';
/** For rule texts. */
export const ENOUGH = `at least ${grouped(ENOUGH_ENTRIES)} entries`;

export const entriesOf = ({ run }: Evidence, image: string): number =>
  run.images.find(({ name }) => name === image)?.entryCount ?? 0;

export const isLarge = (evidence: Evidence, { group }: GroupData): boolean =>
  entriesOf(evidence, group.image) >= ENOUGH_ENTRIES;

/** `count`: of the largest image that was measured. */
export const tooSmall = (count: number, figures: readonly Figure[] = [], of = 'entries'): Judgement => ({
  verdict: 'undecided',
  because: `measured too small, ${grouped(count)} ${of}: --profile full`,
  wouldDecide: FULL_PROFILE,
  figures,
});

/** The run's own reason for what a rule needs; of a run without an image that is large enough, that. */
export const unmeasuredLarge = (evidence: Evidence, ids: readonly string[], command: string): Judgement => {
  const judged = unmeasured(evidence, ids, command);
  const most = Math.max(0, ...evidence.run.images.map(({ entryCount }) => entryCount));
  return judged.verdict === 'undecided' && most < ENOUGH_ENTRIES ? tooSmall(most, judged.figures) : judged;
};
