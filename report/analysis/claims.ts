// Every claim with the judgement of its rule. A rule that throws loses its own verdict only, and is reported as a failure.
import type { Tallied } from '../../results/compare/tally.ts';
import { isDroppedScenario, isSkippedScenario } from '../../results/not-measured.ts';
import type { RunFile } from '../../results/schema/run.ts';
import type { Claim, Judgement } from '../claims/claim.ts';
import { type Evidence, evidenceOf } from '../claims/evidence.ts';
import type { ClaimView } from '../view.ts';

/** Planned or measured, or left out with a reason. */
const wasAsked = (scenario: string, run: RunFile, tallied: Tallied): boolean =>
  run.plan.scenarios.includes(scenario) ||
  tallied.groups.some(({ group }) => group.scenario === scenario) ||
  isSkippedScenario(run.skipped, scenario) ||
  isDroppedScenario(run.plan.dropped, scenario);

type ClaimOutcome = Pick<ClaimView, 'verdict' | 'because' | 'wouldDecide' | 'figures'>;

/** The number that decided stands first. */
const sortedFigures = (judgement: Judgement): ClaimView['figures'] => {
  const decider = 'decidedBy' in judgement ? judgement.decidedBy : undefined;
  return decider === undefined
    ? judgement.figures
    : [decider, ...judgement.figures.filter((one) => one !== decider)];
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
const restrictedTo = ({ scenarios }: Claim, tallied: Tallied): Tallied => {
  const isRead = ({ scenario }: { readonly scenario: string }): boolean => scenarios.includes(scenario);
  return { ...tallied, failures: tallied.failures.filter(isRead), skips: tallied.skips.filter(isRead) };
};

export const claimsOf = (claims: readonly Claim[], run: RunFile, tallied: Tallied): readonly ClaimView[] =>
  claims.map((claim) => {
    const { id, text, by, rule, objection, answer, scenarios } = claim;
    const statement = { id, text, by, rule, objection, answer };
    if (!scenarios.some((scenario) => wasAsked(scenario, run, tallied))) {
      const because = `not part of this run: needs ${scenarios.join(', ')}`;
      return { ...statement, verdict: 'not asked', because, wouldDecide: null, figures: [] };
    }
    return { ...statement, ...outcomeOf(claim, evidenceOf(run, restrictedTo(claim, tallied))) };
  });
