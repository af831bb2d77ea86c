// Views of runs with claims made for a test.
import { analyse } from '../../../report/analysis.ts';
import type { Claim, Figure, Judgement } from '../../../report/claims/claim.ts';
import type { ReportView } from '../../../report/view.ts';
import { startTally } from '../../../results/compare/tally.ts';
import { around, type MadeRun, made } from './journal.ts';

export const claimOf = (id: string, judge: Claim['judge'], more: Partial<Claim> = {}): Claim => ({
  id,
  text: `The claim ${id} about overlayfs on EROFS and everything that is stacked on top of it`,
  by: 'a kernel developer, 1 January 2023',
  scenarios: ['walk-warm'],
  rule: 'the rule',
  objection: 'the objection',
  answer: 'the answer',
  judge,
  ...more,
});

export const ratio = (value: number): Figure => ({
  what: 'ratio of walk-warm',
  metric: 'walkRatio',
  value,
  interval: { kind: 'interval', center: value, lo: value - 0.02, hi: value + 0.03, confidence: 0.99, n: 8 },
  published: '1.36x (Larsson)',
});

export const decided = (verdict: 'supported' | 'not supported', value: number) => (): Judgement => ({
  verdict,
  because: 'the numbers say so',
  figures: [ratio(value)],
});

export const walk: MadeRun = {
  groups: [
    {
      scenario: 'walk-warm',
      time: { 'erofs-overlay': { walkWallNs: around(2e6) }, 'composefs-fuse': { walkWallNs: around(4e6) } },
    },
  ],
};

export const viewOf = (claims: readonly Claim[], given: MadeRun = walk): ReportView => {
  const { run, samples } = made(given);
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return analyse(run, tally.finish(), { claims });
};
