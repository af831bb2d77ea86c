// The arms, scenarios and images of a run: those named on the command line, or those of the profile.
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import type { Params, Scenario } from '../model/scenario.ts';
import { AGAIN, type Arm, parseArms } from '../runner/arm.ts';
import { variantsOf } from '../runner/groups.ts';
import { commaList, imageList, refuseEmpty } from './option-values.ts';
import type { ArmSelection, ImageSelection, TypedOptions } from './options.ts';
import { type Profile, profiles } from './profile.ts';

const BASELINE = 'erofs-overlay';

const unknownName = (kind: string, name: string, known: readonly string[], hint: string): UserError =>
  new UserError(`unknown ${kind} '${name}'${didYouMean(name, known)}`, {
    facts: [`${kind}s: ${known.join(', ')}`],
    hint,
  });

export const chooseProfile = (id: string): Profile => {
  const profile = profiles.find((candidate) => candidate.id === id);
  if (profile !== undefined) return profile;
  throw unknownName(
    'profile',
    id,
    profiles.map((known) => known.id),
    'cfsbench run --help',
  );
};

const refuseNone = (option: string, names: readonly string[], example: readonly string[]): void =>
  refuseEmpty(option, names, `cfsbench run ${option} ${example.join(',')}`);

const COUNT_ONLY = ['count'] as const;

/** The scenario as the profile plans it. */
const plannedBy = (scenario: Scenario, { countedOnly = [], withoutParams = {} }: Profile): Scenario => {
  const left = Object.entries(withoutParams[scenario.id] ?? {});
  const isPlanned = (params: Params): boolean =>
    left.length === 0 || left.some(([name, value]) => params[name] !== value);
  return {
    ...scenario,
    params: scenario.params.filter(isPlanned),
    ...(countedOnly.includes(scenario.id) ? { passesWith: () => COUNT_ONLY } : {}),
  };
};

/** In the order of the command line. Scenarios that are named there are measured whole. */
export const chooseScenarios = (
  typed: string | undefined,
  profile: Profile,
  scenarios: readonly Scenario[],
): readonly Scenario[] => {
  const ids = typed === undefined ? profile.scenarios : commaList(typed);
  refuseNone('--scenarios', ids, profile.scenarios.slice(0, 2));
  return [...new Set(ids)].map((id) => {
    const scenario = scenarios.find((candidate) => candidate.id === id);
    if (scenario === undefined)
      throw unknownName(
        'scenario',
        id,
        scenarios.map((known) => known.id),
        'cfsbench list',
      );
    return typed === undefined ? plannedBy(scenario, profile) : scenario;
  });
};

export const chooseImages = (typed: string | undefined, profile: Profile): ImageSelection => {
  const specs = typed === undefined ? profile.images : imageList(typed);
  refuseNone('--images', specs, profile.images.slice(0, 1));
  return {
    specs: [...new Set(specs)],
    isTyped: typed !== undefined,
    scenarios: typed === undefined ? (profile.imageScenarios ?? {}) : {},
  };
};

/** `headline` and `all` are names of several backends. */
const namedArms = (specs: readonly string[], backends: readonly Backend[]): readonly string[] =>
  specs.flatMap((spec) => {
    if (spec === 'all') return backends.map(({ id }) => id);
    if (spec !== 'headline') return [spec];
    return backends.filter(({ answers }) => answers === undefined).map(({ id }) => id);
  });

/** The headline backends and the variants that the scenarios need. */
const neededArms = (
  scenarios: readonly Scenario[],
  backends: readonly Backend[],
  large: boolean,
): readonly string[] => {
  const variants = variantsOf(scenarios, large);
  return backends.filter(({ id, answers }) => answers === undefined || variants.has(id)).map(({ id }) => id);
};

/** An arm that is compared with itself gets a second name. */
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
    throw new UserError('--ab and --backends cannot be combined', {
      facts: ['--ab already names the two arms to measure'],
      hint: `cfsbench run --ab ${base} ${head}`,
    });
  const [one, other] = parseArms([base, head], backends) as [Arm, Arm];
  return [one, base === head ? { ...other, id: `${other.id}${AGAIN}` } : other];
};

export const chooseArms = (
  typed: TypedOptions,
  scenarios: readonly Scenario[],
  backends: readonly Backend[],
  large: boolean,
): ArmSelection => {
  if (typed.ab !== undefined) {
    const arms = chooseAb(typed.ab, typed, backends);
    const [{ id: base }, { id: head }] = arms;
    return { arms, everyArm: true, ab: [base, head], baseline: base };
  }
  const names = typed.backends === undefined ? null : commaList(typed.backends);
  if (names !== null) refuseNone('--backends', names, ['headline']);
  const specs = names === null ? neededArms(scenarios, backends, large) : namedArms(names, backends);
  return {
    arms: parseArms([...new Set(specs)], backends),
    everyArm: names !== null,
    ab: null,
    baseline: BASELINE,
  };
};
