// The run file of a pool: the common values of its runs, and the worst value where they differ. Pure.
import { dirname } from 'node:path';
import { at, paramsKey } from '../compare/tally.ts';
import { areTimesMeasured } from '../emulated.ts';
import type { ConditionWarning } from '../schema/machine.ts';
import type { Dropped, DroppedGroup } from '../schema/not-measured.ts';
import type { RunFile } from '../schema/run.ts';

const unique = <T>(items: readonly T[]): readonly T[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

/** From better to worse; a pool has the status of its worst run. */
const STATUSES: readonly RunFile['status'][] = [
  'complete',
  'out-of-time',
  'interrupted',
  'running',
  'failed',
];

const worstStatus = (runs: readonly RunFile[]): RunFile['status'] =>
  STATUSES[Math.max(...runs.map(({ status }) => STATUSES.indexOf(status)))]!;

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce((all, value) => (all === null || value === null ? null : all + value), 0);

/** Runs word a condition with different numbers, so one of each kind is kept; noise of some of the runs says of how many. */
export const judgedIn = (runs: readonly RunFile[]): readonly ConditionWarning[] => {
  const kinds = new Map<string, { readonly one: ConditionWarning; count: number }>();
  for (const { conditions } of runs)
    for (const one of conditions?.judged ?? []) at(kinds, one.id, () => ({ one, count: 0 })).count++;
  return [...kinds.values()].map(({ one, count }) =>
    one.severity === 'noise' && count < runs.length
      ? { ...one, text: `${one.text} (in ${count} of ${runs.length} runs)` }
      : one,
  );
};

/** More runs are named by the folders that hold them. */
const MOST_NAMED = 20;

const namedFolders = (folders: readonly string[]): readonly string[] =>
  folders.length <= MOST_NAMED ? folders : [...new Set(folders.map((folder) => dirname(folder)))];

const seedsText = (runs: readonly RunFile[]): string => {
  const seeds = runs.map(({ plan: { seed } }) => seed);
  return seeds.length <= MOST_NAMED
    ? seeds.join(', ')
    : `${seeds.slice(0, MOST_NAMED).join(', ')} and ${seeds.length - MOST_NAMED} more`;
};

const withoutNumbers = (text: string): string => text.replace(/[\d.,]+/g, '');

/** Of many runs, one of those that differ in their numbers only. */
const warningsIn = (runs: readonly RunFile[]): readonly string[] => {
  const all = unique(runs.flatMap(({ warnings }) => warnings));
  if (all.length <= MOST_NAMED) return all;
  const kinds = new Map<string, string>();
  for (const line of all) if (!kinds.has(withoutNumbers(line))) kinds.set(withoutNumbers(line), line);
  return [...kinds.values()];
};

/** Of the run that got least of the group. */
const leastOf = (all: readonly DroppedGroup[]): DroppedGroup =>
  [...all].sort((a, b) => a.blocks - b.blocks || (a.passes ?? 0) - (b.passes ?? 0))[0]!;

/** Groups have one entry each, with the number of runs that had no time for it. */
const droppedIn = (runs: readonly RunFile[]): readonly Dropped[] => {
  const groups = new Map<string, Map<RunFile, DroppedGroup>>();
  for (const run of runs)
    for (const one of run.plan.dropped)
      if (one.kind === 'group') {
        const key = JSON.stringify([one.scenario, paramsKey(one.params), one.image]);
        at(groups, key, () => new Map<RunFile, DroppedGroup>()).set(run, one);
      }
  const others = runs.flatMap(({ plan }) => plan.dropped).filter(({ kind }) => kind !== 'group');
  return [
    ...[...groups.values()].map((byRun): DroppedGroup => {
      const least = leastOf([...byRun.values()]);
      return runs.length === 1 ? least : { ...least, inRuns: { dropped: byRun.size, of: runs.length } };
    }),
    ...unique(others),
  ];
};

export const poolRun = (runs: readonly RunFile[], id: string, folders: readonly string[]): RunFile => {
  // Conditions, sessions and options belong to a single run.
  const { conditions: _conditions, resumed: _resumed, asked: _asked, ...first } = runs[0]!;
  const { ended: _ended, ...plan } = first.plan;
  // One run without measured times leaves the pool without any.
  const guest = runs.find((run) => !areTimesMeasured(run))?.guest ?? first.guest;
  return {
    ...first,
    ...(guest === undefined ? {} : { guest }),
    id,
    startedAt: runs.map(({ startedAt }) => startedAt).sort()[0]!,
    finishedAt:
      runs
        .flatMap(({ finishedAt }) => finishedAt ?? [])
        .sort()
        .at(-1) ?? null,
    commandLine: ['cfsbench', 'pool', ...namedFolders(folders)],
    images: [...new Map(runs.flatMap(({ images }) => images).map((image) => [image.name, image])).values()],
    proofs: unique(runs.flatMap(({ proofs }) => proofs)),
    skipped: unique(runs.flatMap(({ skipped }) => skipped)),
    warnings: warningsIn(runs),
    status: worstStatus(runs),
    wallNs: sum(runs.map(({ wallNs }) => wallNs)),
    plan: {
      ...plan,
      seed: seedsText(runs),
      scenarios: unique(runs.flatMap(({ plan: { scenarios } }) => scenarios)),
      images: unique(runs.flatMap(({ plan: { images } }) => images)),
      dropped: droppedIn(runs),
      slots: [],
    },
  };
};
