// Whether runs are of one plan: what must be equal before their blocks may be put together, and what is only worth saying.
import { paramsKey } from '../compare/tally.ts';
import { ResultsError } from '../errors.ts';
import { environmentItems } from '../gate/compare.ts';
import type { RunFile } from '../schema/run.ts';

/** How to measure, not what: seeds, folders and time may differ. */
const NOT_THE_PLAN = ['seed', 'out', 'work', 'resume', 'budget', 'allowTmpfs', 'strict', 'runs'];

const optionsOf = ({ asked }: RunFile): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(asked?.options ?? {})
      .filter(([name]) => !NOT_THE_PLAN.includes(name))
      .map(([name, value]) => [`--${name}`, String(value)]),
  );

const imagesOf = ({ images }: RunFile): ReadonlyMap<string, string> =>
  new Map(images.map(({ name, manifestDigest }) => [`image ${name}`, manifestDigest.slice(0, 16)]));

/** What was planned of each scenario, as text. */
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

const facts = ({ cfsbench, plan }: RunFile): ReadonlyMap<string, string> =>
  new Map([
    ['cfsbench', `${cfsbench.version} ${cfsbench.commit ?? 'of no known commit'}`],
    ['profile', plan.profile],
    ['baseline', plan.baseline],
    ['arms', [...plan.arms].sort().join(' ')],
  ]);

/** Left out for want of time or of a feature: the other runs have it all the same. */
const wasLeftOut = (scenario: string, { plan, skipped }: RunFile): boolean =>
  plan.dropped.some((line) => line.includes(scenario)) ||
  skipped.some(({ what }) => what.startsWith(scenario));

const questions = (one: RunFile, other: RunFile): readonly string[] => {
  const [left, right] = [paramsOf(one), paramsOf(other)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((scenario) => {
    const [a, b] = [left.get(scenario), right.get(scenario)];
    const isEqual = a?.size === b?.size && [...(a ?? [])].every((params) => b?.has(params));
    if (isEqual || wasLeftOut(scenario, one) || wasLeftOut(scenario, other)) return [];
    const text = (params: ReadonlySet<string> | undefined): string =>
      params === undefined ? 'not planned' : `[${[...params].join('; ')}]`;
    return [`scenario ${scenario}: ${text(a)} and ${text(b)}`];
  });
};

const unlike = (one: RunFile, other: RunFile): readonly string[] => [
  ...differing(facts(one), facts(other)),
  ...differing(optionsOf(one), optionsOf(other)),
  // Of an image that one of them left out there is nothing to compare.
  ...differing(imagesOf(one), imagesOf(other)).filter((line) => !/: absent and | and absent$/.test(line)),
  ...questions(one, other),
];

/** Throws where two of them are not of one plan. */
export const refuseOtherPlans = (runs: readonly RunFile[]): void => {
  const [first, ...others] = runs;
  for (const [index, other] of others.entries()) {
    const twin = runs
      .slice(0, index + 1)
      .find(({ id, startedAt }) => id === other.id && startedAt === other.startedAt);
    if (twin !== undefined)
      throw new ResultsError(`the same run twice: ${other.id}`, {
        hint: 'name every run once: a run with itself is no second run',
      });
    const lines = unlike(first!, other);
    if (lines.length > 0)
      throw new ResultsError(`not of one plan: ${first!.id} and ${other.id}`, {
        facts: lines,
        hint: 'pool runs of the same command, version and images; compare others: cfsbench compare',
      });
  }
};

/** Names of what differs between machines and statuses, each once. */
export const noticesOf = (runs: readonly RunFile[]): readonly string[] => {
  const first = runs[0]!;
  const items = new Map<string, Set<string>>();
  for (const other of runs.slice(1))
    for (const { item, base, head } of environmentItems(first.environment, other.environment))
      items.set(item, (items.get(item) ?? new Set([base ?? 'absent'])).add(head ?? 'absent'));
  const hosts = new Set(runs.map(({ host }) => host));
  return [
    ...(hosts.size > 1 ? [`the runs are of ${hosts.size} machines: ${[...hosts].join(', ')}`] : []),
    ...[...items].map(([item, values]) => `the runs differ in ${item}: ${[...values].join(' | ')}`),
    ...runs
      .filter(({ status }) => status !== 'complete')
      .map(({ id, status }) => `run ${id} is not complete: ${status}`),
  ];
};
