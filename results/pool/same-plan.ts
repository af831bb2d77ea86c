// Checks that runs have one plan before their blocks are pooled; lists the differences that do not matter.
import { paramsKey } from '../compare/tally.ts';
import { ResultsError } from '../errors.ts';
import { environmentItems } from '../gate/compare.ts';
import { isDroppedScenario } from '../not-measured.ts';
import type { RunFile } from '../schema/run.ts';

/** Options that may differ between runs of one plan. */
const FREE_OPTIONS = [
  'seed',
  'out',
  'work',
  'resume',
  'budget',
  'allowTmpfs',
  'strict',
  'runs',
  'publishHost',
];

const optionsOf = ({ asked }: RunFile): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(asked?.options ?? {})
      .filter(([name]) => !FREE_OPTIONS.includes(name))
      .map(([name, value]) => [`--${name}`, String(value)]),
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

const scenarioDifferences = (one: RunFile, other: RunFile): readonly string[] => {
  const [left, right] = [paramsOf(one), paramsOf(other)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((scenario) => {
    const [a, b] = [left.get(scenario), right.get(scenario)];
    const isEqual = a?.size === b?.size && [...(a ?? [])].every((params) => b?.has(params));
    if (isEqual || wasDropped(scenario, one) || wasDropped(scenario, other)) return [];
    const text = (params: ReadonlySet<string> | undefined): string =>
      params === undefined ? 'not planned' : `[${[...params].join('; ')}]`;
    return [`scenario ${scenario}: ${text(a)} and ${text(b)}`];
  });
};

const planDifferences = (one: RunFile, other: RunFile): readonly string[] => [
  ...differing(headOf(one), headOf(other)),
  ...differing(optionsOf(one), optionsOf(other)),
  // An image that one run dropped cannot be compared.
  ...differing(imagesOf(one), imagesOf(other)).filter((line) => !/: absent and | and absent$/.test(line)),
  ...scenarioDifferences(one, other),
];

/** Throws if two runs have different plans, or if one run is named twice. */
export const refuseOtherPlans = (runs: readonly RunFile[]): void => {
  const [first, ...others] = runs;
  for (const [index, other] of others.entries()) {
    const twin = runs
      .slice(0, index + 1)
      .find(({ id, startedAt }) => id === other.id && startedAt === other.startedAt);
    if (twin !== undefined)
      throw new ResultsError(`run named twice: ${other.id}`, {
        hint: 'name each run once',
      });
    const lines = planDifferences(first!, other);
    if (lines.length > 0)
      throw new ResultsError(`runs have different plans: ${first!.id} and ${other.id}`, {
        facts: lines,
        hint: 'pool runs of one command, version and set of images; to compare other runs: cfsbench compare',
      });
  }
};

/** Differences between the machines of the runs, and runs that are not complete. */
export const noticesOf = (runs: readonly RunFile[]): readonly string[] => {
  const first = runs[0]!;
  const items = new Map<string, Set<string>>();
  for (const other of runs.slice(1))
    for (const { item, base, head } of environmentItems(first.environment, other.environment))
      items.set(item, (items.get(item) ?? new Set([base ?? 'absent'])).add(head ?? 'absent'));
  const hosts = new Set(runs.map(({ host }) => host));
  return [
    ...(hosts.size > 1 ? [`the runs come from ${hosts.size} machines: ${[...hosts].join(', ')}`] : []),
    ...[...items].map(([item, values]) => `the runs differ in ${item}: ${[...values].join(' | ')}`),
    ...runs
      .filter(({ status }) => status !== 'complete')
      .map(({ id, status }) => `run ${id} is not complete: ${status}`),
  ];
};
