// The options of `cfsbench run`: as typed, and as resolved with a profile.
import type { GateConfig } from '../../results/gate/config.ts';
import { UserError } from '../model/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Arm } from '../runner/arm.ts';
import type { AskedPlacement } from '../runner/groups.ts';
import type { NumberRange } from './option-values.ts';
import type { Profile } from './profile.ts';

/** As private.json and run.json record them: names stay, or older runs cannot be resumed. */
export interface TypedOptions {
  readonly profile: string;
  readonly backends?: string;
  readonly scenarios?: string;
  readonly images?: string;
  readonly blocks?: number;
  /** Nanoseconds. */
  readonly budget?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly work?: string;
  readonly allowTmpfs?: boolean;
  readonly allowParallel?: boolean;
  readonly keepWork?: boolean;
  readonly ab?: readonly string[];
  readonly countOnly?: boolean;
  readonly countPasses?: number;
  readonly dryRun?: boolean;
  readonly resume?: string;
  readonly trustRun?: boolean;
  readonly strict?: boolean;
  readonly placement?: AskedPlacement;
  readonly lives?: number;
  readonly runs?: number;
  readonly publishHost?: boolean;
}

/** The numbers that a run accepts. */
export const RANGES = {
  blocks: { option: '--blocks', least: 8, most: 10_000, because: 'an interval needs 8 blocks' },
  countPasses: { option: '--count-passes', least: 1, most: 100 },
  lives: { option: '--lives', least: 1, most: 1000 },
  runs: { option: '--runs', least: 1, most: 100 },
} as const satisfies Readonly<Record<string, NumberRange>>;

const KINDS: Readonly<Record<keyof TypedOptions, 'string' | 'number' | 'boolean' | 'list'>> = {
  profile: 'string',
  backends: 'string',
  scenarios: 'string',
  images: 'string',
  blocks: 'number',
  budget: 'number',
  seed: 'string',
  out: 'string',
  work: 'string',
  allowTmpfs: 'boolean',
  allowParallel: 'boolean',
  keepWork: 'boolean',
  ab: 'list',
  countOnly: 'boolean',
  countPasses: 'number',
  dryRun: 'boolean',
  resume: 'string',
  trustRun: 'boolean',
  strict: 'boolean',
  placement: 'string',
  lives: 'number',
  runs: 'number',
  publishHost: 'boolean',
};

/** Options of an earlier run, from its private.json, which somebody may have edited; unknown ones are left out. */
export const recordedOptions = (recorded: Readonly<Record<string, unknown>>): TypedOptions => {
  const known = Object.entries(recorded).filter(([name]) => Object.hasOwn(KINDS, name));
  for (const [name, value] of known) {
    const kind = Array.isArray(value) ? 'list' : typeof value;
    if (kind === KINDS[name as keyof TypedOptions]) continue;
    throw new UserError(`private.json: options.${name} must be a ${KINDS[name as keyof TypedOptions]}`, {
      facts: [`found: ${kind}`],
      hint: 'start a new run: cfsbench run',
    });
  }
  return Object.fromEntries(known) as unknown as TypedOptions;
};

export interface ArmSelection {
  readonly arms: readonly Arm[];
  /** The arms were named on the command line: every scenario measures all of them. */
  readonly everyArm: boolean;
  /** Base and head of an `--ab` run. */
  readonly ab: readonly [base: string, head: string] | null;
  /** The arm that ratios are taken to, where this machine can run it. */
  readonly baseline: string;
}

export interface ImageSelection {
  readonly specs: readonly string[];
  /** They were named on the command line: none is replaced. */
  readonly isTyped: boolean;
  /** Scenarios of an image that is not measured by all of them. */
  readonly scenarios: Readonly<Record<string, readonly string[]>>;
}

interface Amount {
  /** Numbers of blocks after which results are analysed, ascending: the first is the fewest, the last the most. */
  readonly looks: readonly number[];
  readonly countPasses: number;
  readonly lives: number;
  readonly countOnly: boolean;
  readonly budgetNs: number | null;
}

export interface FolderOptions {
  readonly outDir: string | null;
  readonly workDir: string | null;
  readonly allowTmpfs: boolean;
  /** The work folder is not removed when the run ends. */
  readonly keepWork: boolean;
}

export interface ResolvedOptions {
  readonly profile: Profile;
  readonly selection: ArmSelection;
  readonly scenarios: readonly Scenario[];
  readonly images: ImageSelection;
  readonly placement: AskedPlacement;
  readonly amount: Amount;
  /** Thresholds of the gate of an `--ab` run; null: any other run. */
  readonly gate: GateConfig | null;
  readonly folders: FolderOptions;
  readonly seed: string;
  /** Refuse a noisy machine. */
  readonly strict: boolean;
  /** Measure although another run does. */
  readonly allowParallel: boolean;
  /** The name of this machine in all results. */
  readonly host: string;
}
