// The rows of a fleet: each headline metric's ratios by machine and by kernel, and the time of the baseline among machines that are alike.
import { type Design, NULL_ARM } from '../compare/phase-of.ts';
import { type Row, rowOf } from '../compare/rows.ts';
import { type GroupData, paramsKey, type Tallied } from '../compare/tally.ts';
import { own } from '../own.ts';
import { differencesOf, type MachineDifference, ruleFor } from '../stats/disagreement.ts';
import { holm } from '../stats/holm.ts';
import { type Interval, mapInterval } from '../stats/interval.ts';
import type { ByBlock } from '../stats/log-ratio.ts';
import { LOOK_CONFIDENCE } from '../stats/median.ts';
import { mean, variance } from '../stats/moments.ts';
import { middlesByMachine, runsInterval } from '../stats/over-runs.ts';
import { machineOf } from '../stats/pooled-blocks.ts';
import type { MachineRuns } from './machines.ts';
import type { FleetPlace, FleetRow, KernelEffect } from './pooled.ts';

/** Probability that any machine of a fleet is named without a reason. */
const FLEET_ALPHA = 0.05;
const FEWEST_ALIKE = 2;

/** One comparison of machines, before the probabilities are adjusted. */
interface ComparedMachines {
  readonly place: FleetPlace;
  readonly pooled: Interval;
  /** Indexes. */
  readonly machines: readonly number[];
  readonly middles: readonly (readonly number[])[];
  readonly differences: readonly MachineDifference[];
  readonly kernels: readonly KernelEffect[];
}

interface Fleeted {
  readonly machines: readonly MachineRuns[];
  readonly design: Design;
}

const kernelOf = ({ runs }: MachineRuns): string => runs[0]!.environment.kernel;

const centerOf = (middles: Iterable<readonly number[]>): number => mean([...middles].map(mean));

/** `logs`: by block. Empty if all machines have one kernel. */
const kernelsOf = (logs: ByBlock, machines: readonly MachineRuns[]): readonly KernelEffect[] => {
  const kernels = [...new Set(machines.map(kernelOf))];
  if (kernels.length < 2) return [];
  return kernels.flatMap((kernel): KernelEffect[] => {
    const own = new Map([...logs].filter(([block]) => kernelOf(machines[machineOf(block) - 1]!) === kernel));
    if (own.size === 0) return [];
    const middles = middlesByMachine(own);
    return [
      {
        kernel,
        machines: middles.size,
        ratio: mapInterval(runsInterval(own, LOOK_CONFIDENCE), Math.exp),
        center: Math.exp(centerOf(middles.values())),
      },
    ];
  });
};

interface Subject {
  readonly place: FleetPlace;
  readonly pooled: Interval;
  readonly logs: ByBlock;
  /** A logarithm. */
  readonly zone: number;
  readonly kernels: readonly KernelEffect[];
}

const comparedOf = ({ place, pooled, logs, zone, kernels }: Subject): ComparedMachines | null => {
  const byMachine = [...middlesByMachine(logs)];
  if (byMachine.length < FEWEST_ALIKE) return null;
  const middles = byMachine.map(([, runs]) => runs);
  return {
    place,
    pooled,
    kernels,
    machines: byMachine.map(([machine]) => machine - 1),
    middles,
    differences: differencesOf(middles, { zone, confidence: LOOK_CONFIDENCE }),
  };
};

const placeOf = (data: GroupData, metric: string, arm: string, kind: FleetPlace['kind']): FleetPlace => {
  const { scenario, params, image } = data.group;
  return { scenario, params: paramsKey(params), image, metric, arm, kind };
};

const ratiosOf = (
  data: GroupData,
  { metric, cells }: Row,
  { machines }: Fleeted,
): readonly ComparedMachines[] =>
  cells.flatMap(({ arm, versus }) => {
    if (versus === null || arm === NULL_ARM) return [];
    const { logs, ratio, zone } = versus;
    const place = placeOf(data, metric, arm, 'ratio');
    return (
      comparedOf({
        place,
        pooled: ratio,
        logs,
        zone: Math.log(zone.hi),
        kernels: kernelsOf(logs, machines),
      }) ?? []
    );
  });

/** Of machines of one kind. */
const logsOf = (values: ByBlock, machines: readonly MachineRuns[], kind: string): ByBlock => {
  const logs = new Map<number, number>();
  for (const [block, value] of values)
    if (value > 0 && machines[machineOf(block) - 1]!.kind === kind) logs.set(block, Math.log(value));
  return logs;
};

/** Only among machines of one kind: others may well take another time. */
const levelsOf = (data: GroupData, { metric, cells }: Row, fleet: Fleeted): readonly ComparedMachines[] => {
  const { machines, design } = fleet;
  const judged = cells.find(({ versus }) => versus !== null)?.versus ?? null;
  const values = data.time.get(metric)?.get(design.baseline);
  if (judged === null || values === undefined) return [];
  const place = placeOf(data, metric, design.baseline, 'level');
  const zone = Math.log(judged.zone.hi);
  return [...new Set(machines.map(({ kind }) => kind))].flatMap((kind) => {
    const logs = logsOf(values, machines, kind);
    const pooled = mapInterval(runsInterval(logs, LOOK_CONFIDENCE), Math.exp);
    return comparedOf({ place, pooled, logs, zone, kernels: [] }) ?? [];
  });
};

const isHeadline = ({ catalogue }: Design, scenario: string, metric: string): boolean =>
  own(catalogue.scenarios, scenario)?.headline.includes(metric) === true;

const comparedRows = (tallied: Tallied, fleet: Fleeted): readonly ComparedMachines[] =>
  tallied.groups.flatMap((data) =>
    [...data.time.keys()]
      .filter((metric) => isHeadline(fleet.design, data.group.scenario, metric))
      .flatMap((metric) => {
        const row = rowOf(data, metric, fleet.design);
        return row === null ? [] : [...ratiosOf(data, row, fleet), ...levelsOf(data, row, fleet)];
      }),
  );

/** Beyond that of the runs, where machines have several. */
const machineSd = (middles: readonly (readonly number[])[]): number => {
  const repeated = middles.filter((runs) => runs.length > 1);
  const within = repeated.length === 0 ? 0 : mean(repeated.map(variance));
  const explained = mean(middles.map((runs) => within / runs.length));
  return Math.sqrt(Math.max(0, variance(middles.map(mean)) - explained));
};

const rowWith = (
  { place, pooled, machines, middles, differences, kernels }: ComparedMachines,
  ps: readonly number[],
): FleetRow => ({
  ...place,
  pooled,
  rule: ruleFor(middles),
  machineSd: machineSd(middles),
  machines: differences.map(({ center, half, difference }, at) => ({
    machine: machines[at]!,
    runs: middles[at]!.length,
    center: Math.exp(center),
    lo: half === null ? null : Math.exp(center - half),
    hi: half === null ? null : Math.exp(center + half),
    toOthers: Math.exp(difference),
    p: ps[at]!,
    disagrees: ps[at]! <= FLEET_ALPHA,
  })),
  kernels,
});

/** Probabilities are adjusted over all machines and rows that a rule can judge. */
export const fleetRows = (
  tallied: Tallied,
  fleet: Fleeted,
): { readonly rows: readonly FleetRow[]; readonly comparisons: number } => {
  const compared = comparedRows(tallied, fleet);
  const judged = compared.filter(({ middles }) => ruleFor(middles) !== 'none');
  const adjusted = holm(judged.flatMap(({ differences }) => differences.map(({ p }) => p)));
  let at = 0;
  const rows = compared.map((one) => {
    if (!judged.includes(one))
      return rowWith(
        one,
        one.differences.map(() => 1),
      );
    const ps = adjusted.slice(at, at + one.differences.length);
    at += one.differences.length;
    return rowWith(one, ps);
  });
  return { rows, comparisons: adjusted.length };
};
