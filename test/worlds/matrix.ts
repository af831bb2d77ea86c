// The confusion matrix: a row for each world and number of runs, and whether its bounds hold.
import type { Outcome, Verdict } from './simulate.ts';
import type { ClaimWorlds, Truth, World } from './world.ts';

/** Of wrong verdicts, on one run and on several; of right ones at a margin, where runs were put together or counts are exact. */
export const MOST_WRONG = 0.01;
export const LEAST_RIGHT = 0.9;

export interface Task {
  readonly claim: string;
  readonly world: number;
  /** One run by itself, or so many put together. */
  readonly pooled: number;
}

export interface Row {
  readonly task: Task;
  readonly outcome: Outcome;
}

/**
 * Runs that evidence puts together. With five an effect half as large as what was published is told from none in 60 to 77 % of cases,
 * with seven in more than 90 %.
 */
export const EVIDENCE_RUNS = 7;

export const tasksOf = (all: readonly ClaimWorlds[], together = EVIDENCE_RUNS): readonly Task[] =>
  all.flatMap(({ id, kind, worlds }) =>
    worlds.flatMap((_, world) =>
      (kind === 'times' ? [1, together] : [1]).map((pooled) => ({ claim: id, world, pooled })),
    ),
  );

export const worldOf = (
  all: readonly ClaimWorlds[],
  { claim, world }: Task,
): { readonly of: ClaimWorlds; readonly world: World } => {
  const of = all.find(({ id }) => id === claim)!;
  return { of, world: of.worlds[world]! };
};

/** Of each run in this task, where they are given. */
export const blocksOf = (
  all: readonly ClaimWorlds[],
  task: Task,
  typed: number | undefined,
): { readonly blocks?: number } => {
  const blocks = typed ?? (task.pooled > 1 ? worldOf(all, task).of.pooledBlocks : undefined);
  return blocks === undefined ? {} : { blocks };
};

/** A single run of times may leave open what is so by a margin: several are asked to tell it. */
export const mustBeRight = ({ kind }: ClaimWorlds, { truth, answer }: World, { pooled }: Task): boolean =>
  answer === 'never' || (truth !== 'line' && (kind === 'counts' || pooled > 1));

export interface Broken {
  readonly wrong: boolean;
  readonly right: boolean;
}

export const brokenBounds = (all: readonly ClaimWorlds[], { task, outcome }: Row): Broken => {
  const { of, world } = worldOf(all, task);
  return {
    wrong: outcome.wrong > MOST_WRONG * outcome.runs,
    right: mustBeRight(of, world, task) && outcome.right < LEAST_RIGHT * outcome.runs,
  };
};

const VERDICTS: readonly (readonly [verdict: Verdict, title: string])[] = [
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
  'what is so',
  '',
];

const cells = (all: readonly ClaimWorlds[], row: Row): readonly string[] => {
  const { task, outcome } = row;
  const { of, world } = worldOf(all, task);
  const broken = brokenBounds(all, row);
  const answered = mustBeRight(of, world, task) || world.truth !== 'line';
  return [
    task.claim,
    world.answer === 'never' ? 'never' : TITLES[world.truth],
    of.kind === 'counts' ? 'counts' : `${task.pooled} ${task.pooled === 1 ? 'run' : 'runs'}`,
    ...VERDICTS.map(([verdict]) => String(outcome.verdicts[verdict])),
    percent(outcome.wrong, outcome.runs),
    answered ? percent(outcome.right, outcome.runs) : '-',
    world.what,
    [...(broken.wrong ? ['TOO OFTEN WRONG'] : []), ...(broken.right ? ['TOO SELDOM RIGHT'] : [])].join(', '),
  ];
};

const isNumber = (column: number): boolean => column >= 3 && column < 3 + VERDICTS.length + 2;

export const matrixText = (all: readonly ClaimWorlds[], rows: readonly Row[]): string => {
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
