// Seeded runs of one world, and how often the rule is wrong and right.
import type { Claim, ClaimVerdict } from '../../report/claims/claim.ts';
import { seededUniform } from '../../results/stats/seeded.ts';
import { judgeRuns } from './judge.ts';
import { drawMachine, drawRun } from './noise.ts';
import type { ClaimWorld, Truth } from './world.ts';

export interface VerdictCounts {
  readonly verdicts: Readonly<Record<ClaimVerdict, number>>;
  readonly runs: number;
  readonly wrong: number;
  readonly right: number;
}

/** The first looks; 48 blocks would only take longer. */
const BLOCKS = [8, 12, 24] as const;

/** FNV-1a: every world has its own seed, whatever the order of the worlds. */
const seedOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const DEFINITE: Readonly<Record<Truth, ClaimVerdict | null>> = {
  true: 'supported',
  line: null,
  false: 'not supported',
};

const isDefinite = (verdict: ClaimVerdict): boolean => verdict === 'supported' || verdict === 'not supported';

export interface SimulationOptions {
  readonly pooled: number;
  readonly runs: number;
  /** Of every run; absent: the first looks in turn. */
  readonly blocks?: number;
}

export const simulate = (
  claim: Claim,
  world: ClaimWorld,
  { pooled, runs, blocks: fixed }: SimulationOptions,
): VerdictCounts => {
  const verdicts: Record<ClaimVerdict, number> = {
    supported: 0,
    'not supported': 0,
    undecided: 0,
    'not testable': 0,
  };
  const expected = world.answer === 'never' ? null : DEFINITE[world.truth];
  let wrong = 0;
  let right = 0;
  for (let i = 0; i < runs; i++) {
    const random = seededUniform(seedOf(`${claim.id} ${world.what} ${pooled} ${i}`));
    const machine = drawMachine(random);
    const blocks = fixed ?? BLOCKS[i % BLOCKS.length]!;
    const journals = Array.from({ length: pooled }, () => world.journal(drawRun(random, machine, blocks)));
    const { verdict } = judgeRuns(claim, journals);
    verdicts[verdict]++;
    if (isDefinite(verdict) && verdict !== expected) wrong++;
    if (expected === null ? !isDefinite(verdict) : verdict === expected) right++;
  }
  return { verdicts, runs, wrong, right };
};
