// The claims on trial, each with what its rule makes of this run. A rule that throws costs its own verdict alone, but it is
// a failure of the report and never an answer.
import type { Tallied } from '../../results/compare/tally.ts';
import type { RunFile } from '../../results/schema/run.ts';
import type { Claim, Judgement } from '../claims/claim.ts';
import { type Evidence, evidenceOf } from '../claims/evidence.ts';
import type { ClaimView } from '../view.ts';

/** Planned, measured, or meant to be and left out with a reason. */
const wasAsked = (scenario: string, run: RunFile, tallied: Tallied): boolean =>
  run.plan.scenarios.includes(scenario) ||
  tallied.groups.some(({ group }) => group.scenario === scenario) ||
  run.skipped.some(({ what }) => what === scenario) ||
  run.plan.dropped.some((line) => line.startsWith(`scenario ${scenario}:`));

type Found = Pick<ClaimView, 'verdict' | 'because' | 'wouldDecide' | 'figures'>;

/** The number that decided, then what stands beside it. */
const figuresBy = (judged: Judgement): ClaimView['figures'] => {
  const decider = 'decidedBy' in judged ? judged.decidedBy : undefined;
  return decider === undefined
    ? judged.figures
    : [decider, ...judged.figures.filter((one) => one !== decider)];
};

const found = (claim: Claim, evidence: Evidence): Found => {
  try {
    const judged = claim.judge(evidence);
    const { verdict, because } = judged;
    const wouldDecide = judged.verdict === 'undecided' ? judged.wouldDecide : null;
    return { verdict, because, wouldDecide, figures: figuresBy(judged) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { verdict: 'failed', because: `failed: ${reason}`, wouldDecide: null, figures: [] };
  }
};

/** What failed where a claim asks nothing is no reason for what it lacks. */
const about = (tallied: Tallied, { scenarios }: Claim): Tallied => {
  const isAsked = ({ scenario }: { readonly scenario: string }): boolean => scenarios.includes(scenario);
  return { ...tallied, failures: tallied.failures.filter(isAsked), skips: tallied.skips.filter(isAsked) };
};

export const claimsOf = (claims: readonly Claim[], run: RunFile, tallied: Tallied): readonly ClaimView[] => {
  return claims.map((claim) => {
    const { id, text, by, rule, objection, answer, scenarios } = claim;
    const stated = { id, text, by, rule, objection, answer };
    if (!scenarios.some((scenario) => wasAsked(scenario, run, tallied))) {
      const because = `not asked in this run: it needs ${scenarios.join(', ')}`;
      return { ...stated, verdict: 'not asked', because, wouldDecide: null, figures: [] };
    }
    return { ...stated, ...found(claim, evidenceOf(run, about(tallied, claim))) };
  });
};
