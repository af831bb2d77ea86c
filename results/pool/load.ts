// Loads several run folders as one pool: their samples tallied run by run, and one run file that names the runs.
import { startTally } from '../compare/tally.ts';
import { areTimesMeasured } from '../emulated.ts';
import { type LoadedRun, okCountOf, tallyJournal } from '../gate/load.ts';
import { readRun } from '../read.ts';
import type { ConditionWarning, RunFile } from '../schema/run.ts';
import type { Pooled } from './pooled.ts';
import { noticesOf, refuseOtherPlans } from './same-plan.ts';

export interface LoadedPool extends LoadedRun {
  readonly pool: Pooled;
}

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

/** Runs word a condition with different numbers, so one of each kind is kept. */
const judgedIn = (runs: readonly RunFile[]): readonly ConditionWarning[] => [
  ...new Map(runs.flatMap(({ conditions }) => conditions?.judged ?? []).map((one) => [one.id, one])).values(),
];

const poolRun = (runs: readonly RunFile[], id: string, folders: readonly string[]): RunFile => {
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
    commandLine: ['cfsbench', 'pool', ...folders],
    images: [...new Map(runs.flatMap(({ images }) => images).map((image) => [image.name, image])).values()],
    proofs: unique(runs.flatMap(({ proofs }) => proofs)),
    skipped: unique(runs.flatMap(({ skipped }) => skipped)),
    warnings: unique(runs.flatMap(({ warnings }) => warnings)),
    status: worstStatus(runs),
    wallNs: sum(runs.map(({ wallNs }) => wallNs)),
    plan: {
      ...plan,
      seed: runs.map(({ plan: { seed } }) => seed).join(', '),
      scenarios: unique(runs.flatMap(({ plan: { scenarios } }) => scenarios)),
      images: unique(runs.flatMap(({ plan: { images } }) => images)),
      dropped: unique(runs.flatMap(({ plan: { dropped } }) => dropped)),
      slots: [],
    },
  };
};

/** The runs are pooled in the order in which they started. */
export const loadPool = async (given: readonly string[], id: string): Promise<LoadedPool> => {
  const read = given.map((folder) => ({ folder, run: readRun(folder) }));
  read.sort((a, b) => (a.run.startedAt < b.run.startedAt ? -1 : a.run.startedAt > b.run.startedAt ? 1 : 0));
  const runs = read.map(({ run }) => run);
  refuseOtherPlans(runs);
  const tally = startTally();
  const warnings: string[] = [];
  read.forEach(({ folder, run }, index) => {
    tally.beginRun(index + 1);
    tallyJournal(folder, tally, (message) => warnings.push(`${run.id}: ${message}`));
  });
  const tallied = tally.finish();
  return {
    folder: read[0]!.folder,
    run: poolRun(
      runs,
      id,
      read.map(({ folder }) => folder),
    ),
    pool: {
      runs: runs.map(({ id: own, startedAt, commandLine, plan: { seed } }) => ({
        id: own,
        startedAt,
        seed,
        commandLine,
      })),
      judged: judgedIn(runs),
      notices: noticesOf(runs),
    },
    tallied,
    okCount: okCountOf(tallied),
    warnings,
  };
};
