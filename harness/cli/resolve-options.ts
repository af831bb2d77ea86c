// The options of a run: what was typed, completed by the profile and checked.
import { resolve } from 'node:path';
import { blocksForRows, LOOKS, looksWithin } from '../../results/compare/looks.ts';
import type { Backend } from '../model/backend.ts';
import type { Scenario } from '../model/scenario.ts';
import { paramsOf } from '../runner/groups.ts';
import { inPass } from '../runner/plan.ts';
import { chooseArms, chooseImages, chooseProfile, chooseScenarios } from './choose.ts';
import { refuseBelow } from './option-values.ts';
import type { ResolvedOptions, TypedOptions } from './options.ts';
import type { Profile } from './profile.ts';

/** An interval at the confidence used here needs that many blocks. */
const FEWEST_BLOCKS = 8;
/** Share of the budget that is kept for the report and for errors of estimates. */
export const RESERVE_RATIO = 0.08;

/** Number of latencies that an `--ab` run compares. */
const latencyRows = (scenarios: readonly Scenario[], imageCount: number, large: boolean): number =>
  scenarios.reduce((sum, scenario) => {
    if (!inPass({ scenario }, 'time')) return sum;
    const images = scenario.source === undefined ? imageCount : 1;
    return sum + images * scenario.headline.length * paramsOf(scenario, large).length;
  }, 0);

/** A gate over many rows needs more blocks than one row: the first look is one that can judge all of them. */
const looksOf = (typed: number | undefined, profile: Profile, rowCount: number): readonly number[] => {
  if (typed !== undefined) return looksWithin(typed, typed);
  const needed = Math.max(profile.blocks, blocksForRows(rowCount));
  const fewest = LOOKS.find((look) => look >= needed) ?? LOOKS.at(-1)!;
  return looksWithin(fewest, Math.max(fewest, profile.mostBlocks));
};

const refuseSmallNumbers = ({ blocks, countPasses, lives, runs }: TypedOptions): void => {
  refuseBelow('--blocks', blocks, FEWEST_BLOCKS, `an interval needs ${FEWEST_BLOCKS} blocks`);
  refuseBelow('--count-passes', countPasses, 1);
  refuseBelow('--lives', lives, 1);
  refuseBelow('--runs', runs, 1);
};

const absolute = (path: string | undefined): string | null => (path === undefined ? null : resolve(path));

const SEED_STEP = 7919;
const SEED_CLOCK = 1_000_000;

export const newSeed = (): string => String(process.pid * SEED_STEP + (Date.now() % SEED_CLOCK));

export const resolveOptions = (
  typed: TypedOptions,
  backends: readonly Backend[],
  scenarios: readonly Scenario[],
): ResolvedOptions => {
  const profile = chooseProfile(typed.profile);
  refuseSmallNumbers(typed);
  const chosen = chooseScenarios(typed.scenarios, profile, scenarios);
  const images = chooseImages(typed.images, profile);
  const selection = chooseArms(typed, chosen, backends, profile.large);
  const rowCount = selection.ab === null ? 0 : latencyRows(chosen, images.specs.length, profile.large);
  return {
    profile,
    selection,
    scenarios: chosen,
    images,
    placement: typed.placement ?? profile.placement,
    amount: {
      looks: looksOf(typed.blocks, profile, rowCount),
      countPasses: typed.countPasses ?? profile.countPasses,
      lives: typed.lives ?? profile.lives,
      countOnly: typed.countOnly === true,
      budgetNs: typed.budget ?? profile.budgetNs,
    },
    folders: {
      outDir: absolute(typed.out),
      workDir: absolute(typed.work),
      allowTmpfs: typed.allowTmpfs === true,
      keepWork: typed.keepWork === true,
    },
    seed: typed.seed ?? newSeed(),
    strict: typed.strict === true,
  };
};
