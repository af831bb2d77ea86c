// runs.json: the common plan of the runs of a pool, and the command line of each run.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { optionName } from '../../results/option-name.ts';
import { UserError } from '../model/errors.ts';
import { RANGES, type TypedOptions } from './options.ts';

export const PLAN_FILE = 'runs.json';
/** As few as the words of --budget can say. */
const LEAST_NS = 1e6;
/** Options of the pool as a whole; each run gets its own value. */
const POOL_OPTIONS = ['runs', 'out', 'seed', 'budget', 'resume', 'trustRun'];

export interface PoolPlan {
  readonly count: number;
  readonly seed: string;
  /** Working directory of the process that started the pool: options contain relative paths. */
  readonly cwd: string;
  readonly typed: TypedOptions;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOptionValue = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((item) => typeof item === 'string'));

/** The name of the first field that is not as `cfsbench run --runs` writes it, or null. */
const badField = (value: unknown): string | null => {
  if (!isRecord(value)) return 'the file';
  const { count, seed, cwd, typed } = value;
  if (!Number.isSafeInteger(count) || (count as number) < 1 || (count as number) > RANGES.runs.most)
    return 'count';
  if (typeof seed !== 'string') return 'seed';
  if (typeof cwd !== 'string') return 'cwd';
  if (!isRecord(typed) || typeof typed['profile'] !== 'string') return 'typed';
  const bad = Object.entries(typed).find(([name, one]) => !/^[a-zA-Z]+$/.test(name) || !isOptionValue(one));
  if (bad !== undefined) return `typed.${bad[0]}`;
  const { budget } = typed;
  return budget === undefined || (typeof budget === 'number' && budget > 0) ? null : 'typed.budget';
};

export const parsePoolPlan = (text: string, path: string): PoolPlan => {
  const refusal = (fact: string): UserError =>
    new UserError(`cannot resume: ${path} is damaged`, {
      facts: [fact],
      hint: 'start new runs: cfsbench run --runs N',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal((error as Error).message);
  }
  const bad = badField(value);
  if (bad !== null) throw refusal(`not as cfsbench writes it: ${bad}`);
  return value as PoolPlan;
};

/** Run `number`: with a seed and a share of the budget of its own. */
export const runOf = (
  { typed, seed, count }: Pick<PoolPlan, 'typed' | 'seed' | 'count'>,
  number: number,
): TypedOptions & { readonly seed: string } => ({
  ...typed,
  ...(typed.budget === undefined ? {} : { budget: Math.max(LEAST_NS, typed.budget / count) }),
  seed: `${seed}-${number}`,
});

const optionWords = (typed: Partial<TypedOptions>): readonly string[] =>
  Object.entries(typed)
    .filter(([key]) => !POOL_OPTIONS.includes(key))
    .flatMap(([key, value]) => {
      if (value === true) return [optionName(key)];
      return value === false || value === undefined ? [] : [optionName(key), ...[value].flat().map(String)];
    });

/** Options of the command that resumes a pool. */
export type PoolResumeOptions = Pick<TypedOptions, 'trustRun' | 'work' | 'allowParallel' | 'keepWork'>;

/** Starts run `number`, or resumes it. `given`: options of the command that resumes the pool. */
export const argumentsOf = (
  folder: string,
  plan: PoolPlan,
  number: number,
  { trustRun = false, work, allowParallel, keepWork }: PoolResumeOptions = {},
): readonly string[] => {
  const runDir = join(folder, String(number));
  const now: Partial<TypedOptions> = {
    ...(work === undefined ? {} : { work: resolve(work) }),
    ...(allowParallel === true ? { allowParallel } : {}),
    ...(keepWork === true ? { keepWork } : {}),
  };
  if (existsSync(join(runDir, 'run.json')))
    return ['run', '--resume', runDir, ...(trustRun ? ['--trust-run'] : []), ...optionWords(now)];
  const { budget, seed } = runOf(plan, number);
  return [
    'run',
    ...optionWords({ ...plan.typed, ...now }),
    ...(budget === undefined ? [] : ['--budget', `${(budget / 1e9).toFixed(3)}s`]),
    ...['--runs', '1'],
    ...['--seed', seed],
    ...['--out', runDir],
  ];
};
