// The judgement of a rule when the run lacks its values. Pure.
import { FEWEST_PASSES } from '../../results/compare/counts.ts';
import { droppedScenario, droppedText, isSkipped } from '../../results/not-measured.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';

const MORE_BLOCKS = 'more blocks (--blocks 24) on a quiet machine, or a larger image';
const MORE_RUNS = 'more runs of this plan in the pool (cfsbench pool, or run --runs N), or a larger image';

/** A run of a pool is one value, however many blocks it has. */
export const moreValues = ({ isPool }: Pick<Evidence, 'isPool'>): string =>
  isPool ? MORE_RUNS : MORE_BLOCKS;

export const LONGER = 'the same run with a longer --budget';

export const NO_FAILURE = 'the same run without failed slots; the list of failures has the reason of each';

/** `scenarios`: those that were counted too rarely. A single pass is made without BPF, whatever is asked. */
export const morePasses = ({ run }: Evidence, scenarios: readonly string[]): string => {
  const hadNoTime = run.plan.dropped.some(
    (one) => one.kind === 'group' && scenarios.includes(one.scenario) && (one.passes ?? 0) < FEWEST_PASSES,
  );
  if (hadNoTime) return `${LONGER}: there was no time for three counting passes`;
  return run.ledgerSource === 'bpf'
    ? 'the same run with three counting passes (--count-passes 3)'
    : 'the same run as root where BPF works, with three counting passes';
};

/** Of these ids the first that cannot run, else the first that failed, else the first without samples; null without a reason. */
const firstReason = (evidence: Evidence, ids: readonly string[]) => {
  const known = ids.flatMap((id) => {
    const absence = evidence.absence(id);
    return absence === null ? [] : [{ kind: absence.kind, text: `${id}: ${absence.text}` }];
  });
  const first = (wanted: string) => known.find(({ kind }) => kind === wanted);
  return first('skipped') ?? first('failed') ?? known[0] ?? null;
};

export const missingReason = (evidence: Evidence, ids: readonly string[]): string =>
  firstReason(evidence, ids)?.text ?? `the run has no samples of ${ids.join(', ')}`;

/** A scenario that was left out for lack of time can be tested by a longer run. */
const droppedReason = ({ run }: Evidence, ids: readonly string[]): string | null => {
  const dropped = run.plan.dropped.find((one) => ids.includes(droppedScenario(one) ?? ''));
  return dropped === undefined ? null : droppedText(dropped);
};

/** The whole run lacks one of these, which no longer run would add. */
const cannotRun = ({ run }: Evidence, ids: readonly string[]): boolean =>
  run.skipped.some(
    (one) =>
      (one.kind === 'scenario' || (one.kind === 'arm' && one.image === undefined)) &&
      ids.some((id) => isSkipped(one, id)),
  );

/** Without any value: undecided if there was no time or slots failed, else not testable with the run's reason. */
export const untested = (
  evidence: Evidence,
  ids: readonly string[],
  figures: readonly Figure[] = [],
): Judgement => {
  const noTime = droppedReason(evidence, ids);
  if (noTime !== null)
    return { verdict: 'undecided', because: `left out: ${noTime}`, wouldDecide: LONGER, figures };
  const because = missingReason(evidence, ids);
  return firstReason(evidence, ids)?.kind === 'failed'
    ? { verdict: 'undecided', because, wouldDecide: NO_FAILURE, figures }
    : { verdict: 'not testable', because, figures };
};

/**
 * `ids`: all that the rule needs, its scenarios too. Not testable with the run's reason if one cannot run; else undecided, with a
 * longer budget if there was no time, or the command to type.
 */
export const unmeasured = (
  evidence: Evidence,
  ids: readonly string[],
  command: string,
  figures: readonly Figure[] = [],
): Judgement => {
  const open = (because: string, wouldDecide: string): Judgement => ({
    verdict: 'undecided',
    because,
    wouldDecide,
    figures,
  });
  const noTime = droppedReason(evidence, ids);
  if (noTime !== null && !cannotRun(evidence, ids)) return open(`left out: ${noTime}`, LONGER);
  const reason = firstReason(evidence, ids);
  if (reason === null) return open(`no image of this run has all of these: ${ids.join(', ')}`, command);
  return reason.kind === 'failed'
    ? open(reason.text, NO_FAILURE)
    : { verdict: 'not testable', because: reason.text, figures };
};
