// Sentences about all intervals together: how many miss by chance, and the limits of one run.
import type { Pooled } from '../results/pool/pooled.ts';
import { FEWEST_MACHINES, FEWEST_RUNS } from '../results/stats/over-runs.ts';
import { grouped, plural } from './format.ts';
import type { ReportView } from './view.ts';

/** The number in front of an interval. */
export const centerText = ({ pool }: ReportView): string => {
  if (pool === null) return 'the median over the blocks';
  return isOverMachines(pool)
    ? 'the geometric mean over the machines, of each the geometric mean of the medians of its runs'
    : 'the geometric mean of the medians of the runs';
};

/** Whether intervals resample machines; with one run for each the two are the same. */
export const isOverMachines = ({ fleet, runs }: Pooled): boolean =>
  fleet !== undefined && fleet.machines.length >= FEWEST_MACHINES && fleet.machines.length < runs.length;

export const chanceText = ({ judged: { cells, verdicts, missed }, pool }: ReportView): string =>
  cells === 0
    ? ''
    : `Each interval holds for its own row: of the ${plural(cells, 'interval')} on the page (${grouped(verdicts)} with a verdict) about ${Number(missed.toPrecision(2))} miss the value that many more ${pool === null ? 'blocks' : 'runs'} would give, by chance; sums in the finding are not counted.`;

const ENOUGH_RUNS = 5;

/** Rows that too few machines have: their intervals are over runs. */
const hasRowsOfFew = ({ tables, further, own }: ReportView): boolean =>
  [...tables, ...further, ...own].some(({ sections }) =>
    sections.some(({ rows }) =>
      rows.some(({ cells }) =>
        cells.some((cell) => {
          const ratio = cell.kind === 'absent' ? undefined : cell.versus?.ratio;
          return ratio?.kind === 'interval' && ratio.machines === undefined;
        }),
      ),
    ),
  );

const wherePooled = (machines: number): string => {
  if (machines === 1) return 'further runs of this plan on this machine';
  return machines < FEWEST_MACHINES
    ? `further runs of this plan on these ${machines} machines, not for others`
    : 'runs of this plan on further machines drawn like these';
};

export const runsText = (view: ReportView): string => {
  const { pool, plan } = view;
  if (pool === null) {
    const several =
      plan.profile === 'evidence'
        ? 'pool its runs: cfsbench pool'
        : `several runs: cfsbench run --profile ${plan.profile} --runs ${ENOUGH_RUNS}`;
    return `This is one run: another run of the same plan may differ by more than these intervals (${several}).`;
  }
  const count = pool.runs.length;
  const machines = pool.fleet?.machines.length ?? 1;
  const on = machines === 1 ? '' : ` on ${machines} machines`;
  const pooled = `Pooled over ${plural(count, 'run')}${on}`;
  if (count < FEWEST_RUNS)
    return `${pooled}: an interval over runs needs ${FEWEST_RUNS}; the intervals over blocks are in the report of each run.`;
  const few = count < ENOUGH_RUNS ? ` Evidence needs ${ENOUGH_RUNS} runs.` : '';
  const ofFew =
    isOverMachines(pool) && hasRowsOfFew(view)
      ? `; those of rows that fewer than ${FEWEST_MACHINES} machines have, for further runs on these machines only`
      : '';
  return `${pooled}: the intervals hold for ${wherePooled(machines)}${ofFew}.${few}`;
};
