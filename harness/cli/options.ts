// The options of `run`, as typed and as understood.
import { resolve } from 'node:path';
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import { type Arm, parseArm } from '../runner/arm.ts';
import { type Profile, profiles } from '../runner/profile.ts';

export interface TypedOptions {
  readonly profile: string;
  readonly backends?: string;
  readonly scenarios?: string;
  readonly images?: string;
  readonly blocks?: number;
  readonly budget?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly work?: string;
  readonly allowTmpfs?: boolean;
}

export const BASELINE = 'erofs-overlay';
const FEWEST_BLOCKS = 8;

export interface RunOptions {
  readonly profile: Profile;
  readonly arms: readonly Arm[];
  readonly scenarios: readonly Scenario[];
  readonly images: readonly string[];
  readonly blocks: number;
  readonly budgetNs: number | null;
  readonly seed: string;
  readonly outDir: string | null;
  readonly workDir: string | null;
  readonly allowTmpfs: boolean;
}

const list = (text: string | undefined): readonly string[] | null =>
  text === undefined
    ? null
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');

/** A comma separates images only where the next one begins with its kind: `synthetic:` and paths have commas of their own. */
const imageList = (text: string | undefined): readonly string[] | null =>
  text === undefined
    ? null
    : text
        .split(/,(?=\s*[a-z]+:)/)
        .map((part) => part.trim())
        .filter((part) => part !== '');

const chooseProfile = (id: string): Profile => {
  const profile = profiles.find((candidate) => candidate.id === id);
  if (profile === undefined)
    throw new UserError(`unknown profile: ${id}`, {
      facts: [`profiles: ${profiles.map((known) => known.id).join(', ')}`],
      hint: 'cfsbench run --help',
    });
  return profile;
};

const chooseScenarios = (ids: readonly string[], scenarios: readonly Scenario[]): readonly Scenario[] => {
  for (const id of ids)
    if (!scenarios.some((scenario) => scenario.id === id))
      throw new UserError(`unknown scenario: ${id}`, {
        facts: [`scenarios: ${scenarios.map((known) => known.id).join(', ')}`],
        hint: 'cfsbench list',
      });
  return scenarios.filter((scenario) => ids.includes(scenario.id));
};

const chooseArms = (specs: readonly string[], backends: readonly Backend[]): readonly Arm[] => {
  const wanted = specs.includes('all') ? backends.map((backend) => backend.id) : specs;
  return [...new Set(wanted)].map((spec) => parseArm(spec, backends));
};

const someOf = (
  what: string,
  typed: readonly string[] | null,
  preset: readonly string[],
): readonly string[] => {
  if (typed !== null && typed.length === 0)
    throw new UserError(`--${what} names nothing`, {
      hint: `cfsbench run --${what} ${preset.slice(0, 2).join(',')}`,
    });
  return typed ?? preset;
};

export const understand = (
  typed: TypedOptions,
  backends: readonly Backend[],
  scenarios: readonly Scenario[],
): RunOptions => {
  const profile = chooseProfile(typed.profile);
  if (typed.blocks !== undefined && typed.blocks < FEWEST_BLOCKS)
    throw new UserError(`${typed.blocks} blocks are too few to say anything`, {
      facts: [`an interval at the confidence used here needs at least ${FEWEST_BLOCKS} blocks`],
      hint: `cfsbench run --blocks ${FEWEST_BLOCKS} --images ${profile.images[0]}`,
    });
  return {
    profile,
    arms: chooseArms(someOf('backends', list(typed.backends), ['all']), backends),
    scenarios: chooseScenarios(someOf('scenarios', list(typed.scenarios), profile.scenarios), scenarios),
    images: [...new Set(someOf('images', imageList(typed.images), profile.images))],
    blocks: typed.blocks ?? profile.blocks,
    budgetNs: typed.budget ?? profile.budgetNs,
    seed: typed.seed ?? String(process.pid * 7919 + (Date.now() % 1_000_000)),
    outDir: typed.out === undefined ? null : resolve(typed.out),
    workDir: typed.work === undefined ? null : resolve(typed.work),
    allowTmpfs: typed.allowTmpfs === true,
  };
};
