// Journals of a world through the shipped rule: tally, evidence, verdict. Nothing is bypassed.
import type { Claim, Judged } from '../../report/claims/claim.ts';
import { evidenceOf } from '../../report/claims/evidence.ts';
import { startTally } from '../../results/compare/tally.ts';
import type { Made } from '../report/claims/journal.ts';
import { made } from '../report/claims/journal.ts';

export const judgeRuns = (claim: Claim, runs: readonly Made[]): Judged => {
  const [first, ...more] = runs.map((given) => {
    const { run, samples } = made(given);
    const tally = startTally();
    for (const sample of samples) tally.add(sample);
    return { run, tallied: tally.finish() };
  });
  if (first === undefined || more.length > 4) throw new Error('one run');
  return claim.judge(evidenceOf(first.run, first.tallied));
};
