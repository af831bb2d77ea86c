// Times of a run are no measurements if its CPUs were emulated. The only place that decides which runs and metrics are affected: their
// times are shown and marked, and no table, rule, gate or history judges them. Of all formats only the tables of samples pass them on:
// these have every value.
import type { GroupData, Table, Tallied } from './compare/tally.ts';
import type { RunFile } from './schema/run.ts';

/** Times, rates, ratios of times, and whether a rate of the ladder of `serverless-open` was sustained. */
const TIME = /(?:Ns|PerSecond|SlowdownRatio|^below\d+MsCount)$/;

const isTime = (metric: string): boolean => TIME.test(metric);

export const areTimesMeasured = ({ guest }: Pick<RunFile, 'guest'>): boolean => guest?.emulated !== true;

/** A time that is no measurement. `timesMeasured`: of the run. */
export const isNoMeasurement = (metric: string, timesMeasured: boolean): boolean =>
  !timesMeasured && isTime(metric);

const withoutTimesIn = (table: Table): Table => new Map([...table].filter(([metric]) => !isTime(metric)));

const groupWithoutTimes = (data: GroupData): GroupData => ({
  ...data,
  time: withoutTimesIn(data.time),
  count: withoutTimesIn(data.count),
});

/** The samples that may be judged. */
export const measuredIn = (run: RunFile, tallied: Tallied): Tallied =>
  areTimesMeasured(run) ? tallied : { ...tallied, groups: tallied.groups.map(groupWithoutTimes) };

/** Null: times of the run are measurements. */
export const emulationText = ({ guest }: Pick<RunFile, 'guest'>): string | null =>
  guest?.emulated === true
    ? `the CPUs were emulated (${guest.kernel} in ${guest.emulator}): counts, correctness and memory objects are results, times are no measurements`
    : null;
