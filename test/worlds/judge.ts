// Journals of a world judged by the shipped rule: tally, evidence, verdict.
import type { Claim, Judgement } from '../../report/claims/claim.ts';
import { evidenceOf } from '../../report/claims/evidence.ts';
import { startTally } from '../../results/compare/tally.ts';
import { startPool } from '../../results/pool/merge.ts';
import type { MadeRun } from '../report/claims/journal.ts';
import { made } from '../report/claims/journal.ts';

/** One run, or a pool as `cfsbench pool` makes it. */
export const judgeRuns = (claim: Claim, runs: readonly MadeRun[]): Judgement => {
  const journals = runs.map(made);
  const tallies = journals.map(({ samples }) => {
    const tally = startTally();
    for (const sample of samples) tally.add(sample);
    return tally.finish();
  });
  const pool = startPool();
  for (const [index, tallied] of tallies.entries()) pool.add(tallied, { machine: 1, run: index + 1 });
  return claim.judge(evidenceOf(journals[0]!.run, tallies.length > 1 ? pool.finish() : tallies[0]!));
};
