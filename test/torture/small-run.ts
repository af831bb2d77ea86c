// A run on a small image, with the scenarios and backends of a plan and the fewest blocks.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, type Running, start } from '../end-to-end/support.ts';
import type { Attempt } from './trial.ts';

const IMAGE = ['--images', 'synthetic:files=40,layers=2,seed=1', '--budget', '10m'];
const TIMED = ['--blocks', '8', '--count-passes', '1', ...IMAGE];

/** Options of the runs that are disturbed. */
export const PLANS = {
  default: ['--profile', 'default', ...TIMED],
  quick: ['--profile', 'quick', ...TIMED],
  /** Every kind of process of a run, in seconds. */
  short: [
    ...['--scenarios', 'churn,walk-warm', '--backends', 'headline', '--placement', 'free'],
    ...['--count-only', '--count-passes', '3', ...IMAGE],
  ],
} as const satisfies Record<string, readonly string[]>;

export type Plan = keyof typeof PLANS;

/** A folder that looks like a work folder and belongs to somebody else. */
export const STRANGER = '.cfsbench-work-of-somebody-else';
const STRANGERS_FILE = join(STRANGER, 'precious');

export interface SmallRun {
  readonly home: string;
  readonly out: string;
  /** Where the run makes temporary files. */
  readonly temporary: string;
  /** Mount points and loop devices of the attempt itself. */
  readonly own?: readonly string[];
}

export const openSmallRun = ({ home }: Attempt): SmallRun => {
  const temporary = join(home, 'tmp');
  for (const folder of [temporary, join(home, STRANGER)]) mkdirSync(folder);
  writeFileSync(join(home, STRANGERS_FILE), 'precious');
  return { home, out: join(home, 'results'), temporary };
};

export const strangerIsIntact = ({ home }: SmallRun): boolean => {
  try {
    return readFileSync(join(home, STRANGERS_FILE), 'utf8') === 'precious';
  } catch {
    return false;
  }
};

export interface CommandSetting {
  /** In front of the command. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const startCommand = (
  { owner }: Attempt,
  { temporary }: SmallRun,
  args: readonly string[],
  { prefix = [], env = {} }: CommandSetting = {},
): Running => start(owner, [...prefix, process.execPath, PROGRAM, ...args], { TMPDIR: temporary, ...env });

/** Further options take precedence. */
export const startSmallRun = (
  attempt: Attempt,
  run: SmallRun,
  options: readonly string[] = [],
  setting: CommandSetting = {},
): Running =>
  startCommand(attempt, run, ['run', ...PLANS[attempt.plan], '--out', run.out, ...options], setting);

export const resumeSmallRun = (attempt: Attempt, run: SmallRun): Running =>
  startCommand(attempt, run, ['run', '--resume', run.out]);
