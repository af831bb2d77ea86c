// The options of a run: as typed, completed by the profile and checked.
import { resolve } from 'node:path';
import { blocksForRows, LOOKS, looksWithin } from '../../results/compare/looks.ts';
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import { groupsOf, ownSources, paramsOf } from '../runner/groups.ts';
import { inPass } from '../runner/plan.ts';
import { guestSetting, patience } from '../sys/guest.ts';
import { chooseArms, chooseImages, chooseProfile, chooseScenarios } from './choose.ts';
import { readGateConfig } from './gate-config.ts';
import { INSPECT } from './handover.ts';
import { publishedHost } from './host.ts';
import { refuseOutside, refuseTime } from './option-values.ts';
import { RANGES, type ResolvedOptions, type TypedOptions } from './options.ts';
import type { Profile } from './profile.ts';
import { questionOf } from './question.ts';

/** Number of latencies that an `--ab` run compares, if this machine can measure all of them. Images are told apart by their sources. */
const latencyRows = (
  options: Parameters<typeof questionOf>[0] & Pick<ResolvedOptions, 'images' | 'scenarios'>,
): number => {
  const { images, scenarios, selection, profile } = options;
  const bySource = (specs: readonly string[]) => specs.map((source) => ({ name: source, source }));
  const question = questionOf(options, {
    images: { ofRun: bySource(images.specs), ofScenarios: bySource(ownSources(scenarios, profile.large)) },
    scenarios,
    arms: selection.arms,
  });
  return groupsOf(question)
    .filter((group) => inPass(group, 'time'))
    .reduce((sum, { scenario }) => sum + scenario.headline.length, 0);
};

/** A gate over many rows needs more blocks than one row: the first look is one that can judge all of them. */
const looksOf = (typed: number | undefined, profile: Profile, rowCount: number): readonly number[] => {
  if (typed !== undefined) return looksWithin(typed, typed);
  const needed = Math.max(profile.blocks, blocksForRows(rowCount));
  const fewest = LOOKS.find((look) => look >= needed) ?? LOOKS.at(-1)!;
  return looksWithin(fewest, Math.max(fewest, profile.mostBlocks));
};

/** Checked here, too: the options of a resumed run come from its private.json, which somebody may have edited. */
const refuseNumbers = (typed: TypedOptions): void => {
  for (const [name, range] of Object.entries(RANGES))
    refuseOutside(range, typed[name as keyof typeof RANGES]);
  refuseTime('--budget', typed.budget);
};

/** As `refuseLongPlan` takes it. */
export const longestOf = ({
  amount: { looks, countPasses, countOnly },
}: ResolvedOptions): { readonly passes: number; readonly blocks: number } => ({
  passes: countPasses,
  blocks: countOnly ? 0 : looks.at(-1)!,
});

/** Until it begins to measure, each step of the inner process may take ten times the budget, and ten minutes at least. */
const READY_RATIO = 10;
const READY_LEAST_NS = 600e9;

export const readyLimitNs = ({ amount: { budgetNs } }: ResolvedOptions): number =>
  budgetNs === null || process.env[INSPECT] !== undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(READY_LEAST_NS, READY_RATIO * budgetNs);

const absolute = (path: string | undefined): string | null => (path === undefined ? null : resolve(path));

/** Share of a guest's time limit that the budget may use. The rest is for its start and the report: emulated CPUs take minutes for them. */
export const GUEST_SHARE = 0.8;

/** On emulated CPUs the same work takes longer. A guest that reaches its limit loses all samples. */
const budgetOf = ({ budgetNs }: Profile): number | null => {
  const ownNs = budgetNs === null ? Number.POSITIVE_INFINITY : budgetNs * patience;
  const guestNs = guestSetting === null ? Number.POSITIVE_INFINITY : GUEST_SHARE * guestSetting.limitNs;
  const leastNs = Math.min(ownNs, guestNs);
  return Number.isFinite(leastNs) ? leastNs : null;
};

const refuseUncounted = (scenarios: readonly Scenario[], large: boolean): void => {
  const isCounted = (scenario: Scenario): boolean =>
    paramsOf(scenario, large).some((params) => inPass({ scenario, params }, 'count'));
  if (scenarios.length === 0 || scenarios.some(isCounted)) return;
  throw new UserError(`--count-only: ${scenarios.map(({ id }) => id).join(', ')} can only be timed`, {
    hint: 'cfsbench run without --count-only',
  });
};

const SEED_STEP = 7919;
const SEED_CLOCK = 1_000_000;

export const newSeed = (): string => String(process.pid * SEED_STEP + (Date.now() % SEED_CLOCK));

export const resolveOptions = (
  typed: TypedOptions,
  backends: readonly Backend[],
  scenarios: readonly Scenario[],
): ResolvedOptions => {
  const profile = chooseProfile(typed.profile);
  refuseNumbers(typed);
  const chosen = chooseScenarios(typed.scenarios, profile, scenarios);
  if (typed.countOnly === true) refuseUncounted(chosen, profile.large);
  const images = chooseImages(typed.images, profile);
  const selection = chooseArms(typed, chosen, backends, profile.large);
  const asked = {
    ...{ profile, selection, scenarios: chosen, images },
    placement: typed.placement ?? profile.placement,
  };
  const amount = {
    countPasses: typed.countPasses ?? profile.countPasses,
    lives: typed.lives ?? profile.lives,
    countOnly: typed.countOnly === true,
    budgetNs: typed.budget ?? budgetOf(profile),
  };
  const rowCount = selection.ab === null ? 0 : latencyRows({ ...asked, amount });
  return {
    ...asked,
    amount: { ...amount, looks: looksOf(typed.blocks, profile, rowCount) },
    gate:
      selection.ab === null || typed.countOnly === true
        ? null
        : readGateConfig(undefined, 'run in another folder'),
    folders: {
      outDir: absolute(typed.out),
      workDir: absolute(typed.work),
      allowTmpfs: typed.allowTmpfs === true,
      keepWork: typed.keepWork === true,
    },
    seed: typed.seed ?? newSeed(),
    strict: typed.strict === true,
    allowParallel: typed.allowParallel === true,
    host: publishedHost(typed),
  };
};
