// Journals of a world judged by the shipped rule: tally, evidence, verdict.
import type { Claim, Judgement } from '../../report/claims/claim.ts';
import { evidenceOf } from '../../report/claims/evidence.ts';
import { startTally } from '../../results/compare/tally.ts';
import type { MadeRun } from '../report/claims/journal.ts';
import { made } from '../report/claims/journal.ts';

/** One run, or a pool as `cfsbench pool` makes it. */
export const judgeRuns = (claim: Claim, runs: readonly MadeRun[]): Judgement => {
  const journals = runs.map(made);
  const tally = startTally();
  for (const [i, { samples }] of journals.entries()) {
    if (journals.length > 1) tally.beginRun(i + 1);
    for (const sample of samples) tally.add(sample);
  }
  return claim.judge(evidenceOf(journals[0]!.run, tally.finish()));
};
