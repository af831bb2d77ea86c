// The options of `run`, as typed and as understood.
import { resolve } from 'node:path';
import { blocksForRows, LOOKS, looksWithin } from '../../results/compare/looks.ts';
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import { AGAIN, type Arm, parseArm } from '../runner/arm.ts';
import { type AskedPlacement, paramsOf, variantsOf } from '../runner/groups.ts';
import { inPass } from '../runner/plan.ts';
import { type Profile, profiles } from './profile.ts';

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
  readonly ab?: readonly string[];
  readonly countOnly?: boolean;
  readonly countPasses?: number;
  readonly dryRun?: boolean;
  readonly resume?: string;
  readonly strict?: boolean;
  readonly placement?: AskedPlacement;
  readonly lives?: number;
  readonly runs?: number;
}

export const BASELINE = 'erofs-overlay';
const FEWEST_BLOCKS = 8;
/** Of the budget, for the report and for what estimates miss. */
export const RESERVE_RATIO = 0.08;

export interface RunOptions {
  readonly profile: Profile;
  readonly arms: readonly Arm[];
  /** The arms were chosen by hand: every scenario is asked of all of them. */
  readonly everyArm: boolean;
  readonly placement: AskedPlacement;
  readonly scenarios: readonly Scenario[];
  readonly images: readonly string[];
  /** Of the profile's images: scenarios that an image is asked of, where not all are. */
  readonly imageScenarios: Readonly<Record<string, readonly string[]>>;
  /** They were named on the command line and are not those of the profile. */
  readonly imagesTyped: boolean;
  readonly blocks: number;
  /** Planned numbers of blocks, ascending. */
  readonly looks: readonly number[];
  /** Base and head of an `--ab` run. */
  readonly ab: readonly [base: string, head: string] | null;
  /** The arm that ratios are taken to, where it can run. */
  readonly baseline: string;
  readonly countPasses: number;
  readonly lives: number;
  readonly countOnly: boolean;
  readonly dryRun: boolean;
  /** Refuses a noisy machine. */
  readonly strict: boolean;
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

const countedOnly = (scenario: Scenario): Scenario => ({ ...scenario, passesWith: () => ['count'] });

const chooseScenarios = (ids: readonly string[], scenarios: readonly Scenario[]): readonly Scenario[] => {
  for (const id of ids)
    if (!scenarios.some((scenario) => scenario.id === id))
      throw new UserError(`unknown scenario: ${id}`, {
        facts: [`scenarios: ${scenarios.map((known) => known.id).join(', ')}`],
        hint: 'cfsbench list',
      });
  // In the order in which they were asked for: what does not fit is given up from the end.
  return [...new Set(ids)].map((id) => scenarios.find((scenario) => scenario.id === id)!);
};

/** `headline` and `all` stand for several; without any, the headline ones and what the scenarios ask for beside them. */
const chooseArms = (
  specs: readonly string[] | null,
  scenarios: readonly Scenario[],
  backends: readonly Backend[],
  large: boolean,
): readonly Arm[] => {
  const ids = (keeps: (backend: Backend) => boolean) => backends.filter(keeps).map(({ id }) => id);
  const headline = ids(({ answers }) => answers === undefined);
  const asked = variantsOf(scenarios, large);
  const wanted =
    specs === null
      ? ids(({ id, answers }) => answers === undefined || asked.has(id))
      : specs.flatMap((spec) => (spec === 'all' ? ids(() => true) : spec === 'headline' ? headline : [spec]));
  return [...new Set(wanted)].map((spec) => parseArm(spec, backends));
};

/** The same arm twice is a comparison with itself: the second one gets a name of its own. */
const chooseAb = (
  specs: readonly string[],
  typed: TypedOptions,
  backends: readonly Backend[],
): readonly [Arm, Arm] => {
  const [base, head, ...more] = specs;
  if (base === undefined || head === undefined || more.length > 0)
    throw new UserError('--ab takes two arms', {
      facts: [`given: ${specs.join(' ') || 'none'}`],
      hint: `cfsbench run --ab ${BASELINE} composefs-fuse`,
    });
  if (typed.backends !== undefined)
    throw new UserError('--ab and --backends exclude each other', {
      facts: ['--ab already says which two arms are measured'],
      hint: `cfsbench run --ab ${base} ${head}`,
    });
  const arms = [parseArm(base, backends), parseArm(head, backends)] as const;
  return base === head ? [arms[0], { ...arms[1], id: `${head}${AGAIN}` }] : arms;
};

/** How many latencies an `--ab` run compares. */
const latencyRows = (scenarios: readonly Scenario[], imageCount: number, large: boolean): number =>
  scenarios.reduce((sum, scenario) => {
    const images = scenario.source === undefined ? imageCount : 1;
    const timed = inPass({ scenario }, 'time') ? 1 : 0;
    return sum + timed * images * scenario.headline.length * paramsOf(scenario, large).length;
  }, 0);

/** A gate over many rows needs more blocks than one row does: the first look is one that can judge them all. */
const looksOf = (typed: number | undefined, profile: Profile, rowCount: number): readonly number[] => {
  if (typed !== undefined) return looksWithin(typed, typed);
  const needed = Math.max(profile.blocks, blocksForRows(rowCount));
  const fewest = LOOKS.find((look) => look >= needed) ?? LOOKS.at(-1)!;
  return looksWithin(fewest, Math.max(fewest, profile.mostBlocks));
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
  const ab = typed.ab === undefined ? null : chooseAb(typed.ab, typed, backends);
  const typedScenarios = list(typed.scenarios);
  const chosen = chooseScenarios(someOf('scenarios', typedScenarios, profile.scenarios), scenarios).map(
    (scenario) =>
      typedScenarios === null && profile.countedOnly?.includes(scenario.id) === true
        ? countedOnly(scenario)
        : scenario,
  );
  const images = [...new Set(someOf('images', imageList(typed.images), profile.images))];
  if (typed.blocks !== undefined && typed.blocks < FEWEST_BLOCKS)
    throw new UserError(`${typed.blocks} blocks are too few to say anything`, {
      facts: [`an interval at the confidence used here needs at least ${FEWEST_BLOCKS} blocks`],
      hint: `cfsbench run --blocks ${FEWEST_BLOCKS} --images ${profile.images[0]}`,
    });
  if (typed.countPasses === 0)
    throw new UserError('no counting pass is too few', { hint: 'cfsbench run --count-passes 3' });
  const looks = looksOf(
    typed.blocks,
    profile,
    ab === null ? 0 : latencyRows(chosen, images.length, profile.large),
  );
  const placement = typed.placement ?? profile.placement;
  const backendsTyped = typed.backends === undefined ? null : someOf('backends', list(typed.backends), []);
  return {
    profile,
    arms: ab ?? chooseArms(backendsTyped, chosen, backends, profile.large),
    everyArm: ab !== null || backendsTyped !== null,
    placement,
    ab: ab === null ? null : [ab[0].id, ab[1].id],
    baseline: ab?.[0].id ?? BASELINE,
    scenarios: chosen,
    images,
    imageScenarios: typed.images === undefined ? (profile.imageScenarios ?? {}) : {},
    imagesTyped: typed.images !== undefined,
    blocks: looks[0]!,
    looks,
    countPasses: typed.countPasses ?? profile.countPasses,
    lives: Math.max(1, typed.lives ?? profile.lives),
    countOnly: typed.countOnly === true,
    dryRun: typed.dryRun === true,
    strict: typed.strict === true,
    budgetNs: typed.budget ?? profile.budgetNs,
    seed: typed.seed ?? String(process.pid * 7919 + (Date.now() % 1_000_000)),
    outDir: typed.out === undefined ? null : resolve(typed.out),
    workDir: typed.work === undefined ? null : resolve(typed.work),
    allowTmpfs: typed.allowTmpfs === true,
  };
};
