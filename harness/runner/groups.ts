// The groups of a run: every scenario with each combination of parameters on every image, and the arms that can take part.
import type { Params, Placement, Scenario } from '../model/scenario.ts';
import type { Arm } from './arm.ts';
import { type Group, inPass, placementOf, SAME_CPU } from './plan.ts';

export interface Question {
  /** Names of the run's images. */
  readonly images: readonly string[];
  /** Scenario ids by image name, for images that only some scenarios measure. Absent: all. */
  readonly imageScenarios?: ReadonlyMap<string, readonly string[]>;
  /** Image names by the source that a scenario names, as on the command line; without unavailable images. */
  readonly ownImages: ReadonlyMap<string, string>;
  readonly scenarios: readonly Scenario[];
  /** Ids of those that rank below all others. */
  readonly last?: readonly string[];
  readonly arms: readonly Arm[];
  /** The arms were named on the command line: every scenario measures all of them. */
  readonly everyArm: boolean;
  /** The larger parameters too. */
  readonly large: boolean;
  readonly placement: AskedPlacement;
  /** Nothing is timed: without groups that are only timed. */
  readonly countOnly?: boolean;
}

/**
 * `needed`: free placement; both for walks of the headline backends and of all servers; one CPU for comparisons of variants of one mount.
 * `both`: also both placements for the other scenarios in which the CPU of a server matters.
 */
export type AskedPlacement = Placement | 'needed' | 'both';

const placed = (params: Params, scenario: Scenario, asked: AskedPlacement): readonly Params[] => {
  const pinned = { ...params, ...SAME_CPU };
  if (asked === 'same-cpu') return [pinned];
  if (asked === 'free' || !inPass({ scenario }, 'time')) return [params];
  const { placed: matters = false, oneCpu = false, bothPlacements = false } = scenario;
  if (bothPlacements) return [params, pinned];
  if (oneCpu) return matters ? [params, pinned] : [pinned];
  return asked === 'both' && matters ? [params, pinned] : [params];
};

export const paramsOf = (scenario: Scenario, large: boolean): readonly Params[] =>
  large ? [...scenario.params, ...(scenario.largeParams ?? [])] : scenario.params;

/** Images that scenarios name themselves, as on the command line. */
export const ownSources = (scenarios: readonly Scenario[], large: boolean): readonly string[] => [
  ...new Set(
    scenarios.flatMap((scenario) =>
      paramsOf(scenario, large).flatMap((params) => [
        ...(scenario.source === undefined ? [] : [scenario.source(params)]),
        ...(scenario.others?.(params) ?? []),
      ]),
    ),
  ),
];

/** Ids of the variants that a scenario measures with all parameters. */
const variantsIn = ({ variants = [], largeVariants = [] }: Scenario, large: boolean): readonly string[] =>
  large ? [...variants, ...largeVariants] : variants;

/** Ids of backends that the scenarios need beside the headline ones. */
export const variantsOf = (scenarios: readonly Scenario[], large: boolean): ReadonlySet<string> =>
  new Set(
    scenarios.flatMap((scenario) => [
      ...variantsIn(scenario, large),
      ...(scenario.only ?? []),
      ...paramsOf(scenario, large).flatMap((params) => scenario.variantsWith?.(params) ?? []),
    ]),
  );

const takesPart = ({ backend }: Arm, scenario: Scenario, params: Params, large: boolean): boolean => {
  if (scenario.only !== undefined) return scenario.only.includes(backend.id);
  return (
    backend.answers === undefined ||
    variantsIn(scenario, large).includes(backend.id) ||
    (scenario.variantsWith?.(params) ?? []).includes(backend.id)
  );
};

/** True if a group on one CPU compares the variants instead of this one. */
const leavesVariants = (all: readonly Params[], params: Params, { oneCpu = false }: Scenario): boolean =>
  oneCpu && all.length > 1 && placementOf(params) === 'free';

/** `shows(image, arm)`: the arm is proved to show the image, or has not been proved yet. */
export const groupsOf = (
  question: Question,
  shows: (image: string, arm: string) => boolean = () => true,
): Group[] => {
  const { ownImages, everyArm, large, placement } = question;
  const group = (scenario: Scenario, params: Params, image: string): Group[] => {
    const others = (scenario.others?.(params) ?? []).map((source) => ownImages.get(source));
    if (others.includes(undefined)) return [];
    const images = [image, ...(others as string[])];
    const arms = question.arms.filter(
      (arm) =>
        (everyArm || takesPart(arm, scenario, params, large)) &&
        scenario.asks?.(params, arm.backend.id) !== false &&
        images.every((name) => shows(name, arm.id)),
    );
    const places = placed(params, scenario, placement);
    return places.map((where) => ({
      scenario,
      params: where,
      image,
      others: others as string[],
      arms:
        !everyArm && leavesVariants(places, where, scenario)
          ? arms.filter(({ backend }) => backend.answers === undefined)
          : arms,
    }));
  };
  const ofRun = question.scenarios.filter(({ source }) => source === undefined);
  const own = question.scenarios.filter(({ source }) => source !== undefined);
  return [
    ...question.images.flatMap((image) =>
      ofRun
        .filter(({ id }) => question.imageScenarios?.get(image)?.includes(id) !== false)
        .flatMap((scenario) => paramsOf(scenario, large).flatMap((params) => group(scenario, params, image))),
    ),
    ...own.flatMap((scenario) =>
      paramsOf(scenario, large).flatMap((params) => {
        const image = ownImages.get(scenario.source!(params));
        return image === undefined ? [] : group(scenario, params, image);
      }),
    ),
  ].filter((one) => one.arms.length > 0 && (question.countOnly !== true || inPass(one, 'count')));
};
