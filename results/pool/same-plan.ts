// Checks that runs have one plan before their blocks are pooled.
import { paramsKey } from '../compare/tally.ts';
import { ResultsError } from '../errors.ts';
import { isDroppedScenario } from '../not-measured.ts';
import { optionName } from '../option-name.ts';
import type { RunFile } from '../schema/run.ts';
import type { MachineRuns } from './machines.ts';

/** Options that may differ between runs of one plan: among them all that `run --resume` takes. */
const FREE_OPTIONS = [
  'seed',
  'out',
  'work',
  'keepWork',
  'resume',
  'trustRun',
  'budget',
  'allowTmpfs',
  'strict',
  'runs',
  'publishHost',
  'allowParallel',
];

const optionsOf = ({ asked }: RunFile): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(asked?.options ?? {})
      .filter(([name]) => !FREE_OPTIONS.includes(name))
      .map(([name, value]) => [optionName(name), String(value)]),
  );

const imagesOf = ({ images }: RunFile): ReadonlyMap<string, string> =>
  new Map(images.map(({ name, manifestDigest }) => [`image ${name}`, manifestDigest.slice(0, 16)]));

/** The parameters of each scenario, as text. */
const paramsOf = ({ plan }: RunFile): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const { scenario, params } of plan.slots)
    found.set(scenario, (found.get(scenario) ?? new Set()).add(paramsKey(params)));
  return found;
};

const differing = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key) !== other.get(key))
    .map((key) => `${key}: ${one.get(key) ?? 'absent'} and ${other.get(key) ?? 'absent'}`);

const headOf = ({ cfsbench, plan }: RunFile): ReadonlyMap<string, string> =>
  new Map([
    ['cfsbench', `${cfsbench.version} ${cfsbench.commit ?? '(unknown commit)'}`],
    ['profile', plan.profile],
    ['baseline', plan.baseline],
    ['arms', [...plan.arms].sort().join(' ')],
  ]);

/** Dropped for lack of time or of a feature; the other runs may have it. */
const wasDropped = (scenario: string, { plan, skipped }: RunFile): boolean =>
  isDroppedScenario(plan.dropped, scenario) ||
  skipped.some((one) => one.kind === 'scenario' && one.scenario === scenario);

const scenarioDifferences = (one: RunPlan, other: RunPlan): readonly string[] => {
  const [left, right] = [one.params, other.params];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((scenario) => {
    const [a, b] = [left.get(scenario), right.get(scenario)];
    const isEqual = a?.size === b?.size && [...(a ?? [])].every((params) => b?.has(params));
    if (isEqual || wasDropped(scenario, one.run) || wasDropped(scenario, other.run)) return [];
    const text = (params: ReadonlySet<string> | undefined): string =>
      params === undefined ? 'not planned' : `[${[...params].join('; ')}]`;
    return [`scenario ${scenario}: ${text(a)} and ${text(b)}`];
  });
};

/** Values that must be equal in the runs of a pool. */
export interface RunPlan {
  readonly run: RunFile;
  readonly head: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, string>;
  readonly images: ReadonlyMap<string, string>;
  readonly params: ReadonlyMap<string, ReadonlySet<string>>;
}

/** `kept`: the parts of the run that a pool needs. */
export const planOf = (run: RunFile, kept: RunFile = run): RunPlan => ({
  run: kept,
  head: headOf(run),
  options: optionsOf(run),
  images: imagesOf(run),
  params: paramsOf(run),
});

const planDifferences = (one: RunPlan, other: RunPlan): readonly string[] => [
  ...differing(one.head, other.head),
  ...differing(one.options, other.options),
  // An image that one run dropped cannot be compared.
  ...differing(one.images, other.images).filter((line) => !/: absent and | and absent$/.test(line)),
  ...scenarioDifferences(one, other),
];

const differingFrom = <T extends RunPlan>(one: T, all: readonly T[]): ReadonlyMap<T, readonly string[]> => {
  const found = new Map<T, readonly string[]>();
  for (const other of all) {
    const lines = other === one ? [] : planDifferences(other, one);
    if (lines.length > 0) found.set(other, lines);
  }
  return found;
};

/** The runs that do not have the plan of most, each with its differences. The first run, or the first one that differs from it, has it. */
export const otherPlans = <T extends RunPlan>(plans: readonly T[]): ReadonlyMap<T, readonly string[]> => {
  const [first] = plans;
  if (first === undefined) return new Map();
  const others = differingFrom(first, plans);
  const [second] = others.keys();
  if (second === undefined || others.size <= plans.length / 2) return others;
  const fromSecond = differingFrom(second, plans);
  return fromSecond.size < others.size ? fromSecond : others;
};

/** Throws if two runs have different plans, or if one run is named twice. */
export const refuseOtherPlans = (plans: readonly RunPlan[]): void => {
  const [first, ...others] = plans;
  const seen = new Set<string>();
  for (const { run } of plans) {
    const key = JSON.stringify([run.id, run.startedAt, run.host]);
    if (seen.has(key))
      throw new ResultsError(`run named twice: ${run.id}`, {
        hint: 'name each run once',
      });
    seen.add(key);
  }
  for (const other of others) {
    const lines = planDifferences(first!, other);
    if (lines.length > 0)
      throw new ResultsError(`runs have different plans: ${first!.run.id} and ${other.run.id}`, {
        facts: lines,
        hint: 'pool runs of one command, version and set of images; to compare other runs: cfsbench compare',
      });
  }
};

const isNamedByHost = ({ asked }: RunFile): boolean => asked?.options['publishHost'] === true;

/** Throws if one machine may have two names, its label and its host name: it would count as two machines. */
export const refuseTwoNames = (machines: readonly MachineRuns[]): void => {
  for (const { kind, runs } of machines) {
    const named = runs.find(isNamedByHost);
    if (named === undefined) continue;
    const labelled = machines
      .filter((other) => other.kind === kind)
      .flatMap((other) => other.runs)
      .find((run) => !isNamedByHost(run));
    if (labelled === undefined) continue;
    throw new ResultsError('one machine of the pool may have two names, and would count as two machines', {
      facts: [
        `${named.id}: ${named.host}, its host name, since --publish-host was given`,
        `${labelled.id}: ${labelled.host}, a label, on a machine of the same kind`,
      ],
      hint: 'pool either the runs with --publish-host or those without it',
    });
  }
};
