// The judgement of a rule when the run lacks its values. Pure.
import { droppedScenario, droppedText } from '../../results/not-measured.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';

export const MORE_BLOCKS = 'more blocks (--blocks 24) on a quiet machine, or a larger image';

/** A single counting pass is made without BPF, whatever is asked. */
export const morePasses = ({ run }: Evidence): string =>
  run.ledgerSource === 'bpf'
    ? 'the same run with three counting passes (--count-passes 3)'
    : 'the same run as root where BPF works, with three counting passes';

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
