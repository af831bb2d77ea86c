// The machines of a pool: which runs belong to one, and in what their environments differ. Pure.
import { environmentFacts } from '../compare/environment.ts';
import { fingerprintText } from '../compare/fingerprint.ts';
import { machineFacts } from '../compare/machine-facts.ts';
import { at } from '../compare/tally.ts';
import type { RunFile } from '../schema/run.ts';
import type { FleetDifference, FleetMachine } from './pooled.ts';

export interface MachineRuns {
  readonly name: string;
  /** Equal for machines of one kind, whose times can be compared. */
  readonly kind: string;
  /** Item of the environment to its values in the runs, sorted and joined. */
  readonly facts: ReadonlyMap<string, string>;
  /** In the order of their starts. */
  readonly runs: readonly RunFile[];
}

export const SEVERAL = ' | ';

/** Facts about the machine from the conditions of a run. */
const settingsOf = ({ conditions, guest }: RunFile): readonly (readonly [item: string, value: string])[] => {
  const { turbo, smt, clocksource } = conditions?.start ?? {};
  const settings = { turbo, smt, clocksource, ...(guest === undefined ? {} : { guest: guest.accelerator }) };
  const isMissing = conditions?.judged.some(({ id }) => id === 'no-journal') === true;
  return [
    ...Object.entries(settings).flatMap(([item, value]) =>
      value === undefined || value === null ? [] : [[item, String(value)] as const],
    ),
    ...(conditions === undefined ? [] : [['journal', isMissing ? 'none' : 'yes'] as const]),
  ];
};

const factsOf = (runs: readonly RunFile[]): ReadonlyMap<string, string> => {
  const values = new Map<string, Set<string>>();
  for (const run of runs)
    for (const [item, value] of [...environmentFacts(run.environment), ...settingsOf(run)])
      at(values, item, () => new Set<string>()).add(value);
  return new Map([...values].map(([item, found]) => [item, [...found].sort().join(SEVERAL)]));
};

const guestText = ({ guest }: RunFile): string =>
  guest === undefined ? '' : `${guest.kernel} ${guest.accelerator}`;

const kindOf = (run: RunFile): string =>
  `${fingerprintText(machineFacts(run.environment))}; ${guestText(run)}`;

const release = (kernel: string): string => kernel.split(' ', 1)[0]!;

/** The facts in which machines of one label differ, shortest first. */
const NAMES: readonly ((run: RunFile) => string)[] = [
  () => '',
  ({ environment }) => `Linux ${release(environment.kernel)}`,
  ({ environment }) => `Linux ${environment.kernel}`,
  ({ environment }) => `${environment.workFileSystem.type}, Linux ${environment.kernel}`,
  (run) => kindOf(run),
];

const namesOf = (firsts: readonly RunFile[]): readonly string[] =>
  firsts.map((run) => {
    const twins = firsts.filter((other) => other !== run && other.host === run.host);
    const suffix = NAMES.map(
      (make) => [make(run), twins.some((other) => make(other) === make(run))] as const,
    ).find(([, isShared]) => !isShared || twins.length === 0)![0];
    return suffix === '' ? run.host : `${run.host}, ${suffix}`;
  });

/** In the order of their first runs. `runs`: those of each machine in the order of their starts. */
export const machinesOf = (runs: readonly RunFile[]): readonly MachineRuns[] => {
  const groups = new Map<string, RunFile[]>();
  for (const run of runs) at(groups, JSON.stringify([run.host, kindOf(run)]), () => []).push(run);
  const all = [...groups.values()];
  const names = namesOf(all.map((own) => own[0]!));
  return all.map((own, index) => ({
    name: names[index]!,
    kind: kindOf(own[0]!),
    facts: factsOf(own),
    runs: own,
  }));
};

/** These explain more than others. */
const FIRST_ITEMS =
  /^(kernel|cpu|governor|turbo|smt|workFileSystem|journal|mitigations|virtualization|memory)/;

const byWeight = (a: string, b: string): number =>
  Number(FIRST_ITEMS.test(b)) - Number(FIRST_ITEMS.test(a)) || (a < b ? -1 : 1);

const ABSENT = 'absent';
const UNKNOWN = 'unknown';

export const itemsOf = (machines: readonly MachineRuns[]): readonly string[] =>
  [...new Set(machines.flatMap(({ facts }) => [...facts.keys()]))].sort(byWeight);

/** Value to the number of machines that have it, the most frequent first. */
const frequencies = (values: readonly string[]): readonly (readonly [value: string, count: number])[] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
};

/** `null` is a value that could not be read. */
export const factOf = ({ facts }: MachineRuns, item: string): string => {
  const value = facts.get(item) ?? ABSENT;
  return value === 'null' ? UNKNOWN : value;
};

const differencesOf = (machines: readonly MachineRuns[]): readonly (readonly FleetDifference[])[] => {
  const found = machines.map((): FleetDifference[] => []);
  for (const item of itemsOf(machines)) {
    const values = machines.map((machine) => factOf(machine, item));
    const [most, second] = frequencies(values);
    if (most === undefined || second === undefined) continue;
    // Two machines each differ from the other: none of two equally frequent values is that of most.
    const hasMost = most[1] > second[1];
    values.forEach((here, index) => {
      if (hasMost && here === most[0]) return;
      const elsewhere = here === most[0] ? second[0] : most[0];
      const isAlone = values.filter((value) => value === here).length === 1;
      found[index]!.push({ item, here, elsewhere, isAlone });
    });
  }
  return found;
};

const diskText = ({ environment: { workFileSystem } }: RunFile): string =>
  `${workFileSystem.type} on ${workFileSystem.device}`;

export const describedMachines = (machines: readonly MachineRuns[]): readonly FleetMachine[] => {
  const differences = differencesOf(machines);
  return machines.map(({ name, runs }, index) => {
    const { environment } = runs[0]!;
    return {
      name,
      kernel: environment.kernel,
      cpu: `${environment.cpuCount} x ${environment.cpuModel}`,
      disk: diskText(runs[0]!),
      runCount: runs.length,
      differs: differences[index]!,
    };
  });
};
