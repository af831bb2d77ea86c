// The judgement of a rule when the run lacks its values. Pure.
import { FEWEST_PASSES } from '../../results/compare/counts.ts';
import { droppedScenario, droppedText } from '../../results/not-measured.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';

export const MORE_BLOCKS = 'more blocks (--blocks 24) on a quiet machine, or a larger image';

export const LONGER = 'the same run with a longer --budget';

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

/** The first of these ids that has no samples, with the run's reason. */
const firstReason = (evidence: Evidence, ids: readonly string[]): string | null => {
  for (const id of ids) {
    const reason = evidence.whyMissing(id);
    if (reason !== null) return `${id}: ${reason}`;
  }
  return null;
};

export const missingReason = (evidence: Evidence, ids: readonly string[]): string =>
  firstReason(evidence, ids) ?? `the run has no samples of ${ids.join(', ')}`;

/** A scenario that was left out for lack of time can be tested by a longer run. */
const droppedReason = ({ run }: Evidence, ids: readonly string[]): string | null => {
  const dropped = run.plan.dropped.find((one) => ids.includes(droppedScenario(one) ?? ''));
  return dropped === undefined ? null : droppedText(dropped);
};

/** Without any value: undecided if there was no time, else not testable with the run's reason. */
export const untested = (
  evidence: Evidence,
  ids: readonly string[],
  figures: readonly Figure[] = [],
): Judgement => {
  const noTime = droppedReason(evidence, ids);
  return noTime === null
    ? { verdict: 'not testable', because: missingReason(evidence, ids), figures }
    : { verdict: 'undecided', because: `left out: ${noTime}`, wouldDecide: LONGER, figures };
};

/** Not testable with the run's reason; else undecided, with the command to type. */
export const unmeasured = (
  evidence: Evidence,
  ids: readonly string[],
  command: string,
  figures: readonly Figure[] = [],
): Judgement => {
  const open = (because: string): Judgement => ({
    verdict: 'undecided',
    because,
    wouldDecide: command,
    figures,
  });
  const noTime = droppedReason(evidence, ids);
  if (noTime !== null) return open(`left out: ${noTime}`);
  const reason = firstReason(evidence, ids);
  return reason === null
    ? open(`no image of this run has all of these: ${ids.join(', ')}`)
    : { verdict: 'not testable', because: reason, figures };
};
