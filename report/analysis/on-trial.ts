// The claims on trial, each with what its rule makes of this run. A rule that fails costs its own verdict and nothing else.
import type { Tallied } from '../../results/compare/tally.ts';
import type { RunFile } from '../../results/schema/run.ts';
import type { Claim, Judged } from '../claims/claim.ts';
import { type Evidence, evidenceOf } from '../claims/evidence.ts';
import type { ClaimView } from '../view.ts';

/** Planned, measured, or meant to be and left out with a reason. */
const wasAsked = (scenario: string, run: RunFile, tallied: Tallied): boolean =>
  run.plan.scenarios.includes(scenario) ||
  tallied.groups.some(({ group }) => group.scenario === scenario) ||
  run.skipped.some(({ what }) => what === scenario) ||
  run.plan.dropped.some((line) => line.startsWith(`scenario ${scenario}:`));

const judged = (claim: Claim, evidence: Evidence): Judged => {
  try {
    return claim.judge(evidence);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      verdict: 'undecided',
      because: `the rule could not be applied to this run: ${reason}`,
      wouldDecide: 'a run of this version of cfsbench',
      told: [],
    };
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
      return { ...stated, verdict: 'not asked', because, wouldDecide: null, told: [] };
    }
    const found = judged(claim, evidenceOf(run, about(tallied, claim)));
    const wouldDecide = found.verdict === 'undecided' ? found.wouldDecide : null;
    return { ...stated, verdict: found.verdict, because: found.because, wouldDecide, told: found.told };
  });
};
