// Why no backend of a run was attacked under a level of protection, in the run's words. Pure.
import type { Tallied } from '../../results/compare/tally.ts';
import {
  droppedScenario,
  droppedText,
  isSkippedOn,
  isSkippedScenario,
  skippedText,
} from '../../results/not-measured.ts';
import type { Dropped } from '../../results/schema/not-measured.ts';
import type { RunFile, Sample } from '../../results/schema/run.ts';
import type { Params } from '../../results/schema/shared.ts';

export const ENFORCED = 'enforced';

/** What was measured of a run, and what was tried in vain. */
export type Attempts = Pick<Tallied, 'groups' | 'failures' | 'skips'>;

/** A level on an image, without a result. */
interface UntriedLevel {
  readonly level: string;
  readonly image: string;
}

/** Without a level they are about every level. */
const isOfLevel = (params: Params | undefined, level: string): boolean =>
  [undefined, level].includes(params?.['level'] as string | undefined);

const isDropped = (dropped: Dropped, { level, image }: UntriedLevel): boolean => {
  if (droppedScenario(dropped) !== ENFORCED) return false;
  return dropped.kind !== 'group' || (isOfLevel(dropped.params, level) && dropped.image === image);
};

const MOST_NAMED = 3;

/** Backends that this machine cannot run; which of them have the level is not recorded. */
const notRun = ({ skipped }: RunFile, image: string): string => {
  const of = skipped.filter((one) => one.kind === 'arm' && isSkippedOn(one, one.arm, image));
  const texts = [...new Set(of.map(skippedText))];
  const more = texts.length - MOST_NAMED;
  return [...texts.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

/** The first slots that gave no result tell why. */
const triedReason = ({ failures, skips }: Attempts, { level, image }: UntriedLevel): string | null => {
  const isOf = (sample: Sample): boolean =>
    sample.scenario === ENFORCED && sample.image === image && isOfLevel(sample.params, level);
  const failed = failures.find(isOf);
  if (failed !== undefined) return `failed: ${failed.arm}: ${failed.code}: ${failed.message}`;
  const skipped = skips.find(isOf);
  return skipped === undefined ? null : `${skipped.arm}: ${skipped.need}: ${skipped.reason}`;
};

export const untriedReason = (run: RunFile, attempts: Attempts, untried: UntriedLevel): string => {
  const { scenarios, dropped } = run.plan;
  if (!scenarios.includes(ENFORCED) && !isSkippedScenario(run.skipped, ENFORCED))
    return `the scenario ${ENFORCED} was not part of this run`;
  const skipped = run.skipped.find(
    (one) => one.kind === 'scenario' && one.scenario === ENFORCED && isOfLevel(one.params, untried.level),
  );
  if (skipped !== undefined) return `${skipped.need}: ${skipped.reason}`;
  const tried = triedReason(attempts, untried);
  if (tried !== null) return tried;
  const late = dropped.find((one) => isDropped(one, untried));
  if (late !== undefined) return droppedText(late);
  const others = notRun(run, untried.image);
  return others === ''
    ? 'no backend of this run has it'
    : `no backend that was run has it; not run: ${others}`;
};
