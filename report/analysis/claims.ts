// Every claim with the judgement of its rule. A rule that throws loses its own verdict only, and is reported as a failure.
import type { Tallied } from '../../results/compare/tally.ts';
import {
  droppedScenario,
  isDroppedScenario,
  isSkipped,
  isSkippedScenario,
} from '../../results/not-measured.ts';
import type { RunFile } from '../../results/schema/run.ts';
import type { Claim, Figure, Judgement } from '../claims/claim.ts';
import { type Evidence, evidenceOf } from '../claims/evidence.ts';
import { grouped } from '../format.ts';
import type { ClaimView } from '../view.ts';

/** Planned or measured, or left out with a reason. */
const wasAsked = (scenario: string, run: RunFile, tallied: Tallied): boolean =>
  run.plan.scenarios.includes(scenario) ||
  tallied.groups.some(({ group }) => group.scenario === scenario) ||
  isSkippedScenario(run.skipped, scenario) ||
  isDroppedScenario(run.plan.dropped, scenario);

const FULL = 'cfsbench run --profile full';

/** Null: the run asked. Else the needs of a run that asks. */
const whyNotAsked = (
  { scenarios, leastEntries = 0, variants = [] }: Claim,
  run: RunFile,
  tallied: Tallied,
): string | null => {
  if (!scenarios.some((scenario) => wasAsked(scenario, run, tallied)))
    return `not part of this run: needs ${scenarios.join(', ')}`;
  const isKnown = (image: string): boolean => run.images.some(({ name }) => name === image);
  // An image without a size was dropped before it was read.
  const isUnknown = run.plan.dropped.some(
    (one) => scenarios.includes(droppedScenario(one) ?? '') && 'image' in one && !isKnown(one.image ?? ''),
  );
  if (isUnknown) return null;
  if (Math.max(0, ...run.images.map(({ entryCount }) => entryCount)) < leastEntries)
    return `not part of this run: needs an image of ${grouped(leastEntries)} entries (${FULL})`;
  const isPlanned = (arm: string): boolean =>
    run.plan.arms.includes(arm) || run.skipped.some((one) => isSkipped(one, arm));
  return variants.every(isPlanned) ? null : `not part of this run: needs ${variants.join(', ')} (${FULL})`;
};

type ClaimOutcome = Pick<ClaimView, 'verdict' | 'because' | 'wouldDecide' | 'figures'>;

const isSame = (a: Figure, b: Figure): boolean =>
  a.what === b.what && a.metric === b.metric && a.value === b.value;

/** The number that decided stands first. */
const sortedFigures = (judgement: Judgement): ClaimView['figures'] => {
  const decider = 'decidedBy' in judgement ? judgement.decidedBy : undefined;
  return decider === undefined
    ? judgement.figures
    : [decider, ...judgement.figures.filter((one) => !isSame(one, decider))];
};

const outcomeOf = (claim: Claim, evidence: Evidence): ClaimOutcome => {
  try {
    const judgement = claim.judge(evidence);
    const { verdict, because } = judgement;
    const wouldDecide = judgement.verdict === 'undecided' ? judgement.wouldDecide : null;
    return { verdict, because, wouldDecide, figures: sortedFigures(judgement) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { verdict: 'failed', because: `failed: ${reason}`, wouldDecide: null, figures: [] };
  }
};

/** Failures in other scenarios are not the reason why a claim lacks samples. */
const restrictedTo = ({ scenarios, further = [] }: Claim, tallied: Tallied): Tallied => {
  const read = [...scenarios, ...further];
  const isRead = ({ scenario }: { readonly scenario: string }): boolean => read.includes(scenario);
  return { ...tallied, failures: tallied.failures.filter(isRead), skips: tallied.skips.filter(isRead) };
};

export const claimsOf = (claims: readonly Claim[], run: RunFile, tallied: Tallied): readonly ClaimView[] =>
  claims.map((claim) => {
    const { id, text, by, rule, objection, answer } = claim;
    const statement = { id, text, by, rule, objection, answer };
    const why = whyNotAsked(claim, run, tallied);
    if (why !== null)
      return { ...statement, verdict: 'not asked', because: why, wouldDecide: null, figures: [] };
    return { ...statement, ...outcomeOf(claim, evidenceOf(run, restrictedTo(claim, tallied))) };
  });
