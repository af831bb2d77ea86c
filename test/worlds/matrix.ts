// The confusion matrix: one row per world and number of runs, and whether its bounds hold.
import type { ClaimVerdict } from '../../report/claims/claim.ts';
import type { VerdictCounts } from './simulate.ts';
import type { ClaimWorld, ClaimWorlds, Truth } from './world.ts';

/** Shares of runs: wrong verdicts in any world, right ones in worlds at a margin, for pools and for counts. */
export const MOST_WRONG = 0.01;
export const LEAST_RIGHT = 0.9;

export interface MatrixTask {
  readonly claim: string;
  readonly world: number;
  /** Runs in a pool; 1: a single run. */
  readonly pooled: number;
}

export interface MatrixRow {
  readonly task: MatrixTask;
  readonly outcome: VerdictCounts;
}

/**
 * Runs of evidence. Five runs tell half of a published effect from none in 60 to 77 % of cases, seven in more than 90 %.
 */
export const EVIDENCE_RUNS = 7;

export const tasksOf = (all: readonly ClaimWorlds[], poolRuns = EVIDENCE_RUNS): readonly MatrixTask[] =>
  all.flatMap(({ id, kind, worlds }) =>
    worlds.flatMap((_, world) =>
      (kind === 'times' ? [1, poolRuns] : [1]).map((pooled) => ({ claim: id, world, pooled })),
    ),
  );

export const worldOf = (
  all: readonly ClaimWorlds[],
  { claim, world }: MatrixTask,
): { readonly of: ClaimWorlds; readonly world: ClaimWorld } => {
  const of = all.find(({ id }) => id === claim)!;
  return { of, world: of.worlds[world]! };
};

/** Blocks of each run of a task; empty: the first looks in turn. */
export const blocksOf = (
  all: readonly ClaimWorlds[],
  task: MatrixTask,
  typed: number | undefined,
): { readonly blocks?: number } => {
  const blocks = typed ?? (task.pooled > 1 ? worldOf(all, task).of.pooledBlocks : undefined);
  return blocks === undefined ? {} : { blocks };
};

/** A single run of times may stay undecided at a margin; a pool may not. */
export const mustBeRight = (
  { kind }: ClaimWorlds,
  { truth, answer }: ClaimWorld,
  { pooled }: MatrixTask,
): boolean => answer === 'never' || (truth !== 'line' && (kind === 'counts' || pooled > 1));

export interface BrokenBounds {
  readonly wrong: boolean;
  readonly right: boolean;
}

export const brokenBounds = (all: readonly ClaimWorlds[], { task, outcome }: MatrixRow): BrokenBounds => {
  const { of, world } = worldOf(all, task);
  return {
    wrong: outcome.wrong > MOST_WRONG * outcome.runs,
    right: mustBeRight(of, world, task) && outcome.right < LEAST_RIGHT * outcome.runs,
  };
};

const VERDICTS: readonly (readonly [verdict: ClaimVerdict, title: string])[] = [
  ['supported', 'supported'],
  ['not supported', 'refuted'],
  ['undecided', 'undecided'],
  ['not testable', 'untestable'],
];

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const TITLES: Readonly<Record<Truth, string>> = { true: 'true', line: 'line', false: 'false' };

const HEADER = [
  'claim',
  'world',
  'judged on',
  ...VERDICTS.map(([, title]) => title),
  'wrong',
  'right',
  'the world',
  '',
];

const cells = (all: readonly ClaimWorlds[], row: MatrixRow): readonly string[] => {
  const { task, outcome } = row;
  const { of, world } = worldOf(all, task);
  const broken = brokenBounds(all, row);
  const hasTruth = mustBeRight(of, world, task) || world.truth !== 'line';
  return [
    task.claim,
    world.answer === 'never' ? 'never' : TITLES[world.truth],
    of.kind === 'counts' ? 'counts' : `${task.pooled} ${task.pooled === 1 ? 'run' : 'runs'}`,
    ...VERDICTS.map(([verdict]) => String(outcome.verdicts[verdict])),
    percent(outcome.wrong, outcome.runs),
    hasTruth ? percent(outcome.right, outcome.runs) : '-',
    world.what,
    [...(broken.wrong ? ['TOO OFTEN WRONG'] : []), ...(broken.right ? ['TOO RARELY RIGHT'] : [])].join(', '),
  ];
};

const isNumber = (column: number): boolean => column >= 3 && column < 3 + VERDICTS.length + 2;

export const matrixText = (all: readonly ClaimWorlds[], rows: readonly MatrixRow[]): string => {
  const table = [HEADER, ...rows.map((row) => cells(all, row))];
  const widths = HEADER.map((_, i) => Math.max(...table.map((line) => line[i]!.length)));
  return table
    .map((line) =>
      line
        .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
