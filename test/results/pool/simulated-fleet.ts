// Simulated fleets: the tallies of runs whose effects are drawn at every level, from the machine down to the block.
import { designOf } from '../../../results/compare/phase-of.ts';
import type { GroupData, Tallied } from '../../../results/compare/tally.ts';
import { fleetRows } from '../../../results/pool/effects.ts';
import { type MachineRuns, machinesOf } from '../../../results/pool/machines.ts';
import { startPool } from '../../../results/pool/merge.ts';
import type { FleetRow } from '../../../results/pool/pooled.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import type { Uniform } from '../../../results/stats/seeded.ts';
import { exampleRun } from '../../report/support/example.ts';
import { normal } from '../stats/draws.ts';

export interface FleetWorld {
  readonly machines: number;
  readonly runs: number;
  readonly blocks?: number;
  /** Standard deviations of effects on the ratio of an arm, as logarithms. */
  readonly machineSd: number;
  readonly runSd: number;
  readonly blockSd?: number;
  /** Machine 0 is `factor` times as slow: in one arm, or in everything that it does. */
  readonly planted?: { readonly factor: number; readonly in: 'arm' | 'all' };
  /** The last machine's runs differ by so many times as much. */
  readonly noisy?: number;
}

export const PLANTED_ARM = 'composefs-fuse';
const BASELINE = 'erofs-overlay';
/** True ratios of the arms. */
export const TRUE_RATIOS = { [PLANTED_ARM]: 2, 'unpacked-overlay': 5 } as const;
const PHASES = ['create', 'mount', 'unmount', 'settle', 'destroy'].map((phase) => `${phase}WallNs`);
const BASE_NS = 1e7;
const BLOCKS = 8;

const { run: example } = exampleRun({ images: ['debian-12-base'] });
const group = { scenario: 'churn', params: { store: 'full' }, image: 'debian-12-base' };

interface Drawn {
  readonly machine: number;
  readonly runSd: number;
  /** Effects of the machine by metric and arm. */
  readonly ofMachine: ReadonlyMap<string, number>;
}

const runTally = (random: Uniform, world: FleetWorld, { machine, runSd, ofMachine }: Drawn): Tallied => {
  const { blocks = BLOCKS, blockSd = 0.04, planted } = world;
  const time = new Map<string, Map<string, Map<number, number>>>();
  for (const metric of PHASES) {
    const arms = new Map<string, Map<number, number>>();
    for (const [arm, ratio] of Object.entries({ [BASELINE]: 1, ...TRUE_RATIOS })) {
      const isPlanted =
        machine === 0 && planted !== undefined && (planted.in === 'all' || arm === PLANTED_ARM);
      const effect =
        (ofMachine.get(`${metric} ${arm}`) ?? 0) +
        (arm === BASELINE ? 0 : runSd * normal(random)) +
        (isPlanted ? Math.log(planted.factor) : 0);
      arms.set(
        arm,
        new Map(
          Array.from({ length: blocks }, (_, block) => [
            block,
            BASE_NS * ratio * Math.exp(effect + blockSd * normal(random)),
          ]),
        ),
      );
    }
    time.set(metric, arms);
  }
  const data: GroupData = {
    group,
    time,
    count: new Map(),
    ledgers: new Map(),
    histograms: new Map(),
    timelines: new Map(),
    backends: new Map(),
    took: new Map(),
  };
  return { groups: [data], failures: [], skips: [], notes: new Map(), sampleCount: 0 };
};

const runOf = (machine: number, run: number): RunFile => ({
  ...example,
  id: `${machine}-${run}`,
  host: `machine-${machine}`,
  catalogue: {
    ...example.catalogue,
    scenarios: { churn: { ...example.catalogue.scenarios['churn']!, headline: PHASES } },
  },
});

export const simulatedFleet = (
  random: Uniform,
  world: FleetWorld,
): { readonly rows: readonly FleetRow[]; readonly machines: readonly MachineRuns[] } => {
  const pool = startPool();
  const runs: RunFile[] = [];
  for (let machine = 0; machine < world.machines; machine++) {
    const isNoisy = machine === world.machines - 1 ? (world.noisy ?? 1) : 1;
    const ofMachine = new Map(
      PHASES.flatMap((metric) =>
        Object.keys(TRUE_RATIOS).map((arm) => [`${metric} ${arm}`, world.machineSd * normal(random)]),
      ),
    );
    for (let run = 0; run < world.runs; run++) {
      runs.push(runOf(machine, run));
      const drawn = { machine, runSd: world.runSd * isNoisy, ofMachine };
      pool.add(runTally(random, world, drawn), { machine: machine + 1, run: run + 1 });
    }
  }
  const machines = machinesOf(runs);
  const { rows } = fleetRows(pool.finish(), { machines, design: designOf(runs[0]!) });
  return { rows, machines };
};

/** Indexes of the machines that any row names. */
export const namedIn = (rows: readonly FleetRow[]): readonly number[] => [
  ...new Set(
    rows.flatMap(({ machines }) =>
      machines.filter(({ disagrees }) => disagrees).map(({ machine }) => machine),
    ),
  ),
];
