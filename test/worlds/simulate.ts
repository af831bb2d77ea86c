// Seeded runs of one world, and how often the rule was wrong and right.
import type { Claim, Judgement } from '../../report/claims/claim.ts';
import { seededUniform } from '../../results/stats/seeded.ts';
import { judgeRuns } from './judge.ts';
import { drawMachine, drawRun } from './noise.ts';
import type { Truth, World } from './world.ts';

export type Verdict = Judgement['verdict'];

export interface Outcome {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly runs: number;
  readonly wrong: number;
  readonly right: number;
}

/** Looks at which a group may end; 48 blocks would only take longer. */
const BLOCKS = [8, 12, 24] as const;

/** FNV-1a: worlds are drawn apart from each other, and each the same in every order. */
const seedOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const DEFINITE: Readonly<Record<Truth, Verdict | null>> = {
  true: 'supported',
  line: null,
  false: 'not supported',
};

const isDefinite = (verdict: Verdict): boolean => verdict === 'supported' || verdict === 'not supported';

export interface Asked {
  readonly pooled: number;
  readonly runs: number;
  /** Of every run; absent: each of the first looks in turn. */
  readonly blocks?: number;
}

export const simulate = (claim: Claim, world: World, { pooled, runs, blocks: asked }: Asked): Outcome => {
  const verdicts: Record<Verdict, number> = {
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
    const blocks = asked ?? BLOCKS[i % BLOCKS.length]!;
    const journals = Array.from({ length: pooled }, () => world.journal(drawRun(random, machine, blocks)));
    const { verdict } = judgeRuns(claim, journals);
    verdicts[verdict]++;
    if (isDefinite(verdict) && verdict !== expected) wrong++;
    if (expected === null ? !isDefinite(verdict) : verdict === expected) right++;
  }
  return { verdicts, runs, wrong, right };
};
